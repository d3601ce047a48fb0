// @ts-check
/** The whole canvas as one small bitmap, shown where tiles are still to be painted: a fast zoom out
 * meets blocks and lines, no holes. Painted anew only when it is needed. */
/** @import {Box, Camera} from "../types.js" */
/** @import {Brush} from "./brush.js" */
/** @import {Placed} from "./layout.js" */
/** @import {CanvasScene} from "./scene.js" */

import {grown} from "./boxes.js"
import {contextOf} from "./canvas.js"
import {chipColour} from "./paint_node.js"

/** The longer side of the bitmap, device pixels. */
const LONGEST = 1400
/** Device pixels in a canvas unit, at most: a small canvas needs no more. */
const CLOSEST = 0.3

export class Overview {
  #stale = true
  /** @type {Box | null} what the bitmap shows */
  #box = null

  /** @param {() => HTMLCanvasElement} make */
  constructor(make) {
    this.canvas = make()
  }

  /** Something has changed. */
  touch() {
    this.#stale = true
  }

  /** @param {CanvasRenderingContext2D} ctx  in device pixels @param {Camera} camera
   * @param {number} dpr @param {CanvasScene} scene
   * @param {(ctx: CanvasRenderingContext2D) => Brush} brushFor */
  blit(ctx, camera, dpr, scene, brushFor) {
    if (this.#stale) this.#paint(scene, brushFor)
    if (!this.#box) return
    const scale = camera.zoom * dpr
    const x = (this.#box.x - camera.x) * scale
    const y = (this.#box.y - camera.y) * scale
    ctx.drawImage(this.canvas, x, y, this.#box.w * scale, this.#box.h * scale)
  }

  /** @param {CanvasScene} scene @param {(ctx: CanvasRenderingContext2D) => Brush} brushFor */
  #paint(scene, brushFor) {
    this.#stale = false
    const whole = scene.whole()
    this.#box = whole && grown(whole, 20)
    if (!this.#box) return
    const {x, y, w, h} = this.#box
    const scale = Math.min(CLOSEST, LONGEST / Math.max(w, h))
    this.canvas.width = Math.max(1, Math.ceil(w * scale))
    this.canvas.height = Math.max(1, Math.ceil(h * scale))
    const ctx = contextOf(this.canvas)
    ctx.setTransform(scale, 0, 0, scale, -x * scale, -y * scale)
    this.#paintLinks(brushFor(ctx), scene, scale)
    this.#paintNodes(brushFor(ctx), scene, scale)
  }

  /** Straight lines, each colour one stroke.
   * @param {Brush} brush @param {CanvasScene} scene @param {number} scale */
  #paintLinks({ctx, colour}, scene, scale) {
    /** @type {Map<string, Path2D>} */
    const paths = new Map()
    for (const {type, points} of scene.links.values()) {
      let path = paths.get(type)
      if (!path) paths.set(type, path = new Path2D())
      path.moveTo(points[0].x, points[0].y)
      for (const point of points.slice(1)) path.lineTo(point.x, point.y)
    }
    ctx.globalAlpha = 0.6
    ctx.lineWidth = Math.max(2, 1 / scale)
    for (const [type, path] of paths) {
      ctx.strokeStyle = colour(type)
      ctx.stroke(path)
    }
    ctx.globalAlpha = 1
  }

  /** @param {Brush} brush @param {CanvasScene} scene @param {number} scale */
  #paintNodes(brush, scene, scale) {
    const outline = brush.theme["line-strong"]
    for (const place of scene.nodes.values()) sketch(brush, place, place.box, outline, 1 / scale)
  }
}

/** A node as a block: of thousands that are small, nobody sees more.
 * @param {Brush} brush @param {Placed} place @param {Box} box  where it is drawn
 * @param {string} outline  its colour @param {number} line  its width, canvas units */
export function sketch(brush, place, {x, y, w, h}, outline, line) {
  const {ctx, theme} = brush
  ctx.fillStyle = outline
  ctx.fillRect(x, y, w, h)
  ctx.fillStyle = theme.surface
  ctx.fillRect(x + line, y + line, w - 2 * line, h - 2 * line)
  ctx.fillStyle = chipColour(brush, place)
  ctx.fillRect(x + 2 * line, y + 2 * line, Math.min(40, w / 4), Math.min(40, h / 2))
}
