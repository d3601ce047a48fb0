// @ts-check
/** The mask of a picture while it is painted: strokes, fills, and what takes them back. A canvas of
 * the picture's size whose alpha is the mask. Knows no page and no server. */

/** @import {Box, Point} from "../types.js" */
/** @import {Alpha, Patch} from "./mask_shapes.js" */
import {area, boxAround, dabs, falloff, joined, Patches, withEdge} from "./mask_shapes.js"

/** size: across, in pixels of the picture; hardness, opacity: 0 to 1.
 * @typedef {{size: number, hardness: number, opacity: number}} Brush */
/** @typedef {{brush: Brush, erases: boolean, last: Point, box: Box | null}} Stroke */

const SPACING = 0.12 // of the brush's size

export class MaskLayer {
  /** @type {Stroke | null} */
  #stroke = null
  #patches = new Patches()
  #changed = false

  /** @param {number} w @param {number} h */
  constructor(w, h) {
    this.size = {w, h}
    this.mask = contextOf(w, h)
    this.dabbed = contextOf(w, h) // the stroke alone
    this.before = contextOf(w, h) // the mask without it
  }

  get canUndo() {
    return this.#patches.canUndo
  }

  get canRedo() {
    return this.#patches.canRedo
  }

  /** Whether it is not what it was at first. */
  get isChanged() {
    return this.#changed
  }

  /** Begin with a mask. @param {Alpha} alpha */
  load(alpha) {
    putAlpha(this.mask, {x: 0, y: 0, ...this.size}, alpha)
  }

  /** @returns {Alpha} the whole mask */
  alpha() {
    return alphaOf(this.mask, {x: 0, y: 0, ...this.size})
  }

  /** @param {Point} at @param {Brush} brush @param {boolean} erases
   * @param {number} pressure 0 to 1 */
  begin(at, brush, erases, pressure) {
    this.end()
    this.before.globalCompositeOperation = "copy"
    this.before.drawImage(this.mask.canvas, 0, 0)
    this.#stroke = {brush, erases, last: at, box: null}
    this.#dab(this.#stroke, at, pressure)
    this.#join()
  }

  /** @param {Point} at @param {number} pressure */
  extend(at, pressure) {
    const stroke = this.#stroke
    if (!stroke) return
    const spacing = Math.max(0.5, stroke.brush.size * SPACING)
    for (const place of dabs(stroke.last, at, spacing)) {
      this.#dab(stroke, place, pressure)
      stroke.last = place
    }
    this.#join()
  }

  /** The stroke is done: from now on it can be taken back. */
  end() {
    const stroke = this.#stroke
    this.#stroke = null
    if (!stroke?.box) return
    this.dabbed.clearRect(stroke.box.x, stroke.box.y, stroke.box.w, stroke.box.h)
    this.#remember({box: stroke.box, alpha: alphaOf(this.before, stroke.box)})
  }

  /** The stroke was none. */
  cancel() {
    const box = this.#stroke?.box
    this.#stroke = null
    if (!box) return
    this.dabbed.clearRect(box.x, box.y, box.w, box.h)
    this.#restore(box)
  }

  /** Mask the area around a place, or unmask it if it is masked. @param {Point} at */
  fill(at) {
    this.end()
    const alpha = this.alpha(), {filled, box} = area(alpha, this.size.w, at)
    if (!box) return
    const erases = alpha[Math.floor(at.y) * this.size.w + Math.floor(at.x)] >= 128
    const all = withEdge(alpha, this.size.w, filled, box)
    this.#replace(all, (value, place) => (filled[place] ? (erases ? 0 : 255) : value))
  }

  /** Change every pixel. @param {(value: number) => number} change */
  all(change) {
    this.end()
    this.#replace({x: 0, y: 0, ...this.size}, change)
  }

  /** @returns {boolean} whether there was something to take back */
  undo() {
    this.end()
    return this.#patches.undo(patch => this.#swap(patch))
  }

  /** @returns {boolean} */
  redo() {
    this.end()
    return this.#patches.redo(patch => this.#swap(patch))
  }

  /** @param {Patch} before */
  #remember(before) {
    this.#changed = true
    this.#patches.add(before)
  }

  /** @param {Patch} patch @returns {Alpha} what was there */
  #swap({box, alpha}) {
    const held = alphaOf(this.mask, box)
    putAlpha(this.mask, box, alpha)
    return held
  }

  /** @param {Box} box
   * @param {(value: number, place: number) => number} change place: in the whole mask */
  #replace(box, change) {
    const before = alphaOf(this.mask, box)
    const made = before.map((value, index) => change(value,
      (box.y + Math.floor(index / box.w)) * this.size.w + box.x + index % box.w))
    putAlpha(this.mask, box, made)
    this.#remember({box, alpha: before})
  }

  /** @param {Stroke} stroke @param {Point} at @param {number} pressure */
  #dab(stroke, at, pressure) {
    const radius = Math.max(0.5, (stroke.brush.size / 2) * (0.2 + 0.8 * pressure))
    const box = boxAround(at, radius, this.size)
    if (!box) return
    this.dabbed.fillStyle = paintOf(this.dabbed, at, radius, stroke.brush.hardness)
    this.dabbed.beginPath()
    this.dabbed.arc(at.x, at.y, radius, 0, 2 * Math.PI)
    this.dabbed.fill()
    stroke.box = joined(stroke.box, box)
  }

  /** The stroke over what was there: where it crosses itself it is no stronger than the brush. */
  #join() {
    const stroke = this.#stroke, box = stroke?.box
    if (!stroke || !box) return
    this.#restore(box)
    const {mask} = this
    mask.globalAlpha = stroke.brush.opacity
    mask.globalCompositeOperation = stroke.erases ? "destination-out" : "source-over"
    copyBox(mask, this.dabbed, box)
    mask.globalAlpha = 1
  }

  /** @param {Box} box */
  #restore(box) {
    this.mask.clearRect(box.x, box.y, box.w, box.h)
    this.mask.globalCompositeOperation = "source-over"
    copyBox(this.mask, this.before, box)
  }
}

/** @param {CanvasRenderingContext2D} to @param {CanvasRenderingContext2D} from @param {Box} box */
function copyBox(to, from, {x, y, w, h}) {
  to.drawImage(from.canvas, x, y, w, h, x, y, w, h)
}

/** @param {CanvasRenderingContext2D} ctx @param {Point} at @param {number} radius
 * @param {number} hardness @returns {string | CanvasGradient} */
function paintOf(ctx, at, radius, hardness) {
  if (hardness >= 0.99) return "#fff"
  const paint = ctx.createRadialGradient(at.x, at.y, 0, at.x, at.y, radius)
  for (let stop = 0; stop <= 8; stop++) {
    const distance = hardness + (1 - hardness) * (stop / 8)
    paint.addColorStop(distance, `rgb(255 255 255 / ${falloff(distance, hardness)})`)
  }
  return paint
}

/** @param {number} w @param {number} h @returns {CanvasRenderingContext2D} */
function contextOf(w, h) {
  const canvas = document.createElement("canvas")
  canvas.width = w
  canvas.height = h
  const ctx = canvas.getContext("2d", {willReadFrequently: true})
  if (!ctx) throw new Error("canvas")
  return ctx
}

/** @param {CanvasRenderingContext2D} ctx @param {Box} box @returns {Alpha} */
export function alphaOf(ctx, box) {
  const {data} = ctx.getImageData(box.x, box.y, box.w, box.h)
  return new Uint8ClampedArray(box.w * box.h).map((_, index) => data[index * 4 + 3])
}

/** @param {CanvasRenderingContext2D} ctx @param {Box} box @param {Alpha} alpha */
export function putAlpha(ctx, box, alpha) {
  const made = ctx.createImageData(box.w, box.h)
  new Uint32Array(made.data.buffer).fill(0x00ffffff)
  for (let at = 0; at < alpha.length; at++) made.data[at * 4 + 3] = alpha[at]
  ctx.putImageData(made, box.x, box.y)
}

/** The mask as a PNG whose transparent parts are masked: what ComfyUI's nodes read.
 * @param {MaskLayer} layer @returns {Promise<Blob>} */
export function fileOf(layer) {
  const {w, h} = layer.size, ctx = contextOf(w, h)
  putAlpha(ctx, {x: 0, y: 0, w, h}, layer.alpha().map(value => 255 - value))
  return new Promise((resolve, reject) => {
    ctx.canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error("png"))), "image/png")
  })
}
