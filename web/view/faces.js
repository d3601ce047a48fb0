// @ts-check
/** Faces of nodes as bitmaps, each painted once for a scale and blitted from then on. What has not
 * been used for longest makes room. Knows places, and a painter that is handed in. */
/** @import {Placed} from "./layout.js" */

import {contextOf} from "./canvas.js"

/** Around a face, for its shadow and dots, canvas units. */
export const MARGIN = 30
/** Bytes of all faces together. */
const MOST_BYTES = 64 << 20
/** A face of more pixels than this is not kept. */
const MOST_PIXELS = 3 << 20

/** margin: device pixels between the bitmap's corner and the node's.
 * @typedef {{canvas: HTMLCanvasElement, version: number, bytes: number, margin: number}} Face */

export class Faces {
  bytes = 0
  /** @type {Map<string, Face>} the longest unused first */
  #faces = new Map()
  #key = ""
  /** @type {HTMLCanvasElement[]} */
  #spare = []

  /** @param {() => HTMLCanvasElement} make
   * @param {(ctx: CanvasRenderingContext2D, place: Placed, scale: number) => void} paint
   *   paints the face with its corner at the origin of the canvas' transform */
  constructor(make, paint) {
    this.make = make
    this.paint = paint
  }

  /** Forget all faces.
   * @param {string} [key]  only if it is another key than before: of theme and scale */
  reset(key = "") {
    if (key && key === this.#key) return
    this.#key = key
    for (const id of [...this.#faces.keys()]) this.#drop(id)
  }

  /** The face of a node; null if it is too large to be kept.
   * @param {Placed} place @param {number} scale  device pixels in a canvas unit
   * @returns {Face | null} */
  of(place, scale) {
    const had = this.#faces.get(place.id)
    if (had && had.version === place.version) {
      this.#faces.delete(place.id)
      this.#faces.set(place.id, had)
      return had
    }
    if (had) this.#drop(place.id)
    return this.#made(place, scale)
  }

  /** @param {Placed} place @param {number} scale @returns {Face | null} */
  #made(place, scale) {
    const margin = Math.ceil(MARGIN * scale)
    const w = Math.ceil(place.box.w * scale) + 2 * margin
    const h = Math.ceil(place.box.h * scale) + 2 * margin
    if (w * h > MOST_PIXELS) return null
    const canvas = this.#spare.pop() ?? this.make()
    canvas.width = w
    canvas.height = h
    const ctx = contextOf(canvas)
    ctx.setTransform(scale, 0, 0, scale, margin - place.box.x * scale, margin - place.box.y * scale)
    this.paint(ctx, place, scale)
    const face = {canvas, version: place.version, bytes: 4 * w * h, margin}
    this.#faces.set(place.id, face)
    this.bytes += face.bytes
    this.#trim()
    return face
  }

  #trim() {
    for (const id of this.#faces.keys()) {
      if (this.bytes <= MOST_BYTES || this.#faces.size === 1) return
      this.#drop(id)
    }
  }

  /** @param {string} id */
  #drop(id) {
    const face = this.#faces.get(id)
    if (!face) return
    this.#faces.delete(id)
    this.bytes -= face.bytes
    face.canvas.width = 0
    if (this.#spare.length < 64) this.#spare.push(face.canvas)
  }
}
