// @ts-check
/** The geometry of mask painting: where a stroke is dabbed, how soft a dab is, which area a fill
 * takes, and what was there before. Pure: numbers and bytes. */

/** @import {Box, Point} from "../types.js" */

/** One byte for each pixel: 255 is masked. @typedef {Uint8ClampedArray} Alpha */

/** Places along a line at which the brush is put down.
 * @param {Point} from where the last dab was @param {Point} to @param {number} spacing pixels
 * @returns {Point[]} */
export function dabs(from, to, spacing) {
  const dx = to.x - from.x, dy = to.y - from.y, length = Math.hypot(dx, dy)
  const count = Math.floor(length / spacing)
  return Array.from({length: count}, (_, index) => {
    const part = ((index + 1) * spacing) / length
    return {x: from.x + dx * part, y: from.y + dy * part}
  })
}

/** How strong a dab is at a distance from its middle.
 * @param {number} distance as a share of the radius @param {number} hardness 0 to 1
 * @returns {number} 0 to 1 */
export function falloff(distance, hardness) {
  if (distance >= 1) return 0
  if (distance <= hardness) return 1
  const part = (1 - distance) / (1 - hardness)
  return part * part * (3 - 2 * part)
}

/** The box around a round dab, in whole pixels of a picture.
 * @param {Point} at @param {number} radius @param {{w: number, h: number}} size
 * @returns {Box | null} null: it lies outside */
export function boxAround({x, y}, radius, size) {
  return clipped({x: x - radius - 1, y: y - radius - 1, w: 2 * radius + 2, h: 2 * radius + 2}, size)
}

/** @param {Box} box @param {{w: number, h: number}} size @returns {Box | null} */
export function clipped(box, size) {
  const x = Math.max(0, Math.floor(box.x)), y = Math.max(0, Math.floor(box.y))
  const right = Math.min(size.w, Math.ceil(box.x + box.w))
  const bottom = Math.min(size.h, Math.ceil(box.y + box.h))
  return right > x && bottom > y ? {x, y, w: right - x, h: bottom - y} : null
}

/** @param {Box | null} one @param {Box | null} other @returns {Box | null} */
export function joined(one, other) {
  if (!one || !other) return one ?? other
  const x = Math.min(one.x, other.x), y = Math.min(one.y, other.y)
  const right = Math.max(one.x + one.w, other.x + other.w)
  return {x, y, w: right - x, h: Math.max(one.y + one.h, other.y + other.h) - y}
}

/** The area of one kind around a place, as far as it is bordered by the other kind: rows of it are
 * found and their neighbours followed.
 * @param {Alpha} alpha @param {number} width @param {Point} from
 * @returns {{filled: Uint8Array, box: Box | null}} filled: 1 for each pixel of the area */
export function area(alpha, width, from) {
  const height = alpha.length / width, filled = new Uint8Array(alpha.length)
  const x0 = Math.floor(from.x), y0 = Math.floor(from.y)
  if (x0 < 0 || y0 < 0 || x0 >= width || y0 >= height) return {filled, box: null}
  const kind = alpha[y0 * width + x0] >= 128
  const isOpen = (/** @type {number} */ at) => !filled[at] && alpha[at] >= 128 === kind
  /** @type {Box} */
  let box = {x: x0, y: y0, w: 1, h: 1}
  const waiting = [[x0, y0]]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [x, y] = next, row = y * width
    if (!isOpen(row + x)) continue
    let left = x, right = x
    while (left > 0 && isOpen(row + left - 1)) left--
    while (right < width - 1 && isOpen(row + right + 1)) right++
    filled.fill(1, row + left, row + right + 1)
    box = /** @type {Box} */ (joined(box, {x: left, y, w: right - left + 1, h: 1}))
    for (const beside of [y - 1, y + 1]) {
      if (beside >= 0 && beside < height) starts(waiting, beside, width, left, right, isOpen)
    }
  }
  return {filled, box}
}

/** Take the soft edge around an area too: outward, as long as it goes on towards the other kind.
 * Without it a fill would leave a pale seam beside a soft brush.
 * @param {Alpha} alpha @param {number} width @param {Uint8Array} filled made larger
 * @param {Box} box of the area @returns {Box} */
export function withEdge(alpha, width, filled, box) {
  const height = alpha.length / width, masked = alpha[filled.indexOf(1)] >= 128
  const reach = 128, grown = clipped({x: box.x - reach, y: box.y - reach, w: box.w + 2 * reach,
    h: box.h + 2 * reach}, {w: width, h: height}) ?? box
  let edge = borderOf(filled, width, box), all = box
  for (let step = 0; step < reach && edge.length; step++) {
    /** @type {number[]} */
    const next = []
    for (const at of edge) {
      for (const beside of [at - 1, at + 1, at - width, at + width]) {
        const climbs = masked ? alpha[beside] < alpha[at] : alpha[beside] > alpha[at]
        if (filled[beside] || !climbs || !isIn(beside, at, width, grown)) continue
        filled[beside] = 1
        next.push(beside)
        const pixel = {x: beside % width, y: Math.floor(beside / width), w: 1, h: 1}
        all = /** @type {Box} */ (joined(all, pixel))
      }
    }
    edge = next
  }
  return all
}

/** Whether a pixel is in a box, and no other row's end.
 * @param {number} at @param {number} from @param {number} width @param {Box} box */
function isIn(at, from, width, box) {
  const x = at % width, y = Math.floor(at / width)
  const near = Math.abs(x - from % width) <= 1
  return near && x >= box.x && y >= box.y && x < box.x + box.w && y < box.y + box.h
}

/** The pixels of an area with one beside them that is not of it.
 * @param {Uint8Array} filled @param {number} width @param {Box} box @returns {number[]} */
function borderOf(filled, width, box) {
  const found = []
  for (let y = box.y; y < box.y + box.h; y++) {
    for (let at = y * width + box.x; at < y * width + box.x + box.w; at++) {
      const inner = filled[at - 1] && filled[at + 1] && filled[at - width] && filled[at + width]
      if (filled[at] && !inner) found.push(at)
    }
  }
  return found
}

/** The first pixel of each open stretch of a row.
 * @param {number[][]} waiting put here @param {number} y @param {number} width @param {number} left
 * @param {number} right @param {(at: number) => boolean} isOpen */
function starts(waiting, y, width, left, right, isOpen) {
  let before = false
  for (let x = left; x <= right; x++) {
    const open = isOpen(y * width + x)
    if (open && !before) waiting.push([x, y])
    before = open
  }
}

/** What was in a box. @typedef {{box: Box, alpha: Alpha}} Patch */

/** Patches that can be put back, as many as there is room for. */
export class Patches {
  /** @type {Patch[]} */
  #done = []
  /** @type {Patch[]} */
  #undone = []

  /** @param {number} [room] bytes */
  constructor(room = 200e6) {
    this.room = room
  }

  get canUndo() {
    return this.#done.length > 0
  }

  get canRedo() {
    return this.#undone.length > 0
  }

  /** @param {Patch} before what a change is about to replace, or has replaced */
  add(before) {
    this.#undone = []
    this.#done.push(before)
    let held = this.#done.reduce((sum, {alpha}) => sum + alpha.length, 0)
    while (held > this.room && this.#done.length > 1) held -= this.#done.shift()?.alpha.length ?? 0
  }

  /** @param {(patch: Patch) => Alpha} swap puts a patch in place, and says what was there
   * @returns {boolean} whether there was one */
  undo(swap) {
    return turn(this.#done, this.#undone, swap)
  }

  /** @param {(patch: Patch) => Alpha} swap @returns {boolean} */
  redo(swap) {
    return turn(this.#undone, this.#done, swap)
  }
}

/** @param {Patch[]} from @param {Patch[]} to @param {(patch: Patch) => Alpha} swap */
function turn(from, to, swap) {
  const patch = from.pop()
  if (!patch) return false
  to.push({box: patch.box, alpha: swap(patch)})
  return true
}
