// @ts-check
/** The layer under everything: the grid of dots, and groups. */
/** @import {Box, Camera, Key} from "../types.js" */
/** @import {Hold} from "./lifted.js" */
/** @import {Renderer} from "./renderer.js" */

import {contextOf, makeCanvas} from "./canvas.js"
import {heldBox} from "./lifted.js"
import {GRID} from "./metrics.js"
import {paintGroup} from "./paint_group.js"

export class Ground {
  #dots = new Dots(makeCanvas)

  /** @param {Renderer} renderer */
  constructor(renderer) {
    this.renderer = renderer
  }

  /** @param {Box} view @param {Map<Key, Hold>} holds */
  paint(view, holds) {
    const {dpr, theme, layers, parts: {session}} = this.renderer
    const {camera} = session
    const canvas = layers.ground
    const ctx = contextOf(canvas)
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.clearRect(0, 0, canvas.width, canvas.height)
    this.#dots.paint(ctx, camera, dpr, theme.grid ?? theme.line)
    const scale = camera.zoom * dpr
    const left = -Math.round(camera.x * scale)
    ctx.setTransform(scale, 0, 0, scale, left, -Math.round(camera.y * scale))
    this.#paintGroups(ctx, view, holds)
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Box} view @param {Map<Key, Hold>} holds */
  #paintGroups(ctx, view, holds) {
    const {scene, dpr, parts: {session}} = this.renderer
    const {hover, selection, camera} = session
    const brush = this.renderer.brush(ctx, camera.zoom, dpr, {x: 0, y: 0})
    const keys = new Set([...scene.index.things.near(view), ...holds.keys()])
    for (const key of scene.sorted([...keys].filter((one) => one.startsWith("groups/")))) {
      const id = key.slice(7)
      const group = scene.canvas.groups?.[id]
      const box = scene.boxOf(key)
      if (!group || !box) continue
      const hovered = hover.kind === "group" && hover.id === id && hover.header
      const marks = {selected: selection.has(key), hovered}
      paintGroup(brush, group, heldBox(box, holds.get(key)), marks)
    }
  }
}

/** One row of dots as a strip, drawn once for each row: a grid of thousands costs dozens. */
class Dots {
  /** @param {() => HTMLCanvasElement} make */
  constructor(make) {
    this.strip = make()
    this.key = ""
  }

  /** @param {CanvasRenderingContext2D} ctx  in device pixels @param {Camera} camera
   * @param {number} dpr @param {string} colour */
  paint(ctx, camera, dpr, colour) {
    const {width, height} = ctx.canvas
    const step = stepAt(camera.zoom) * camera.zoom * dpr
    const dot = Math.max(1, Math.round(dpr * Math.min(1.25, Math.max(1, camera.zoom))))
    const x = -offset(camera.x * camera.zoom * dpr, step)
    const y = -offset(camera.y * camera.zoom * dpr, step)
    this.#make(x, step, dot, width, colour)
    const rows = Math.ceil((height - y) / step)
    for (let i = 0; i <= rows; i++) ctx.drawImage(this.strip, 0, Math.round(y + i * step))
  }

  /** @param {number} x @param {number} step @param {number} dot @param {number} w
   * @param {string} colour */
  #make(x, step, dot, w, colour) {
    const key = `${x} ${step} ${dot} ${w} ${colour}`
    if (key === this.key) return
    this.key = key
    this.strip.width = w
    this.strip.height = dot
    const ctx = contextOf(this.strip)
    ctx.fillStyle = colour
    for (let at = x; at < w; at += step) ctx.fillRect(Math.round(at), 0, dot, dot)
  }
}

/** Canvas units between dots: doubled until they lie at least 14 pixels apart.
 * @param {number} zoom @returns {number} */
function stepAt(zoom) {
  let step = GRID
  while (step * zoom < 14) step *= 2
  return step
}

/** @param {number} value @param {number} step @returns {number} 0 to step */
function offset(value, step) {
  return ((value % step) + step) % step
}
