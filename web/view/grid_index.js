// @ts-check
/** Which keys lie near a place: a grid of cells, so that finding costs what is there, not what is
 * in the graph. Knows boxes and keys, not what they are. */
/** @import {Box} from "../types.js" */

import {touches} from "./boxes.js"

const HALF = 1 << 20
const WIDE = 2 * HALF

/** A thing that would fill more cells than this is kept aside and always found. */
const MOST_CELLS = 1500

/** Things that wait for their cells: so many get them with each question, the others when there is
 * time. */
const AT_ONCE = 64

/** Does something when nothing else is to be done. left: milliseconds that it may take.
 * @typedef {(act: (left: () => number) => void) => void} Idle */

/** box: around all of it. @typedef {{box: Box, boxes: () => Box[]}} Waiting */

export class GridIndex {
  #idle
  #asked = false

  /** @param {number} [size]  a cell's side in canvas units @param {Idle} [idle] */
  constructor(size = 512, idle = () => {}) {
    this.size = size
    this.#idle = idle
    /** @type {Map<number, Set<string>>} */
    this.cells = new Map()
    /** @type {Map<string, number[]>} */
    this.placed = new Map()
    /** @type {Set<string>} */
    this.large = new Set()
    /** @type {Map<string, Waiting>} */
    this.waiting = new Map()
  }

  /** Put a key where its boxes are, wherever it was before.
   * @param {string} key @param {Box[]} boxes */
  set(key, boxes) {
    this.waiting.delete(key)
    const numbers = this.#numbers(boxes)
    if (numbers && alike(numbers, this.placed.get(key))) return
    this.delete(key)
    if (!numbers) {
      this.large.add(key)
      return
    }
    for (const number of numbers) {
      const cell = this.cells.get(number)
      if (cell) cell.add(key)
      else this.cells.set(number, new Set([key]))
    }
    this.placed.set(key, numbers)
  }

  /** Put a key where its many boxes are, but not now: thousands may move at once. Until its turn it
   * is found by the box around it, and where it was.
   * @param {string} key @param {Box} box  around all of it @param {() => Box[]} boxes */
  later(key, box, boxes) {
    this.waiting.set(key, {box, boxes})
    this.#ask()
  }

  #ask() {
    if (this.#asked || !this.waiting.size) return
    this.#asked = true
    this.#idle(left => {
      this.#asked = false
      while (this.waiting.size && left() > 1) this.#place()
      this.#ask()
    })
  }

  /** @param {string} key */
  delete(key) {
    this.waiting.delete(key)
    this.large.delete(key)
    for (const number of this.placed.get(key) ?? []) {
      const cell = this.cells.get(number)
      if (cell?.delete(key) && !cell.size) this.cells.delete(number)
    }
    this.placed.delete(key)
  }

  clear() {
    this.cells.clear()
    this.placed.clear()
    this.large.clear()
    this.waiting.clear()
  }

  /** Keys whose cells the box touches: all that touch the box, and some beside it.
   * @param {Box} box @returns {Set<string>} */
  near(box) {
    this.#place()
    const found = new Set(this.large)
    for (const [key, one] of this.waiting) if (touches(one.box, box)) found.add(key)
    const [left, top, right, bottom] = this.#range(box)
    if ((right - left + 1) * (bottom - top + 1) > this.cells.size) {
      for (const key of this.placed.keys()) found.add(key)
      return found
    }
    for (let column = left; column <= right; column++) {
      for (let row = top; row <= bottom; row++) {
        for (const key of this.cells.get(numbered(column, row)) ?? []) found.add(key)
      }
    }
    return found
  }

  /** Give some of those that wait their cells. */
  #place() {
    let left = AT_ONCE
    for (const [key, {boxes}] of this.waiting) {
      if (left-- <= 0) return
      this.set(key, boxes())
    }
  }

  /** @param {Box} box @returns {[number, number, number, number]} */
  #range(box) {
    const {size} = this
    return [
      Math.floor(box.x / size), Math.floor(box.y / size),
      Math.floor((box.x + box.w) / size), Math.floor((box.y + box.h) / size),
    ]
  }

  /** @param {Box[]} boxes @returns {number[] | null} */
  #numbers(boxes) {
    /** @type {Set<number>} */
    const numbers = new Set()
    for (const box of boxes) {
      const [left, top, right, bottom] = this.#range(box)
      if ((right - left + 1) * (bottom - top + 1) > MOST_CELLS) return null
      for (let column = left; column <= right; column++) {
        for (let row = top; row <= bottom; row++) numbers.add(numbered(column, row))
      }
      if (numbers.size > MOST_CELLS) return null
    }
    return [...numbers]
  }
}

/** Most moves are small, and end in the cells where they began.
 * @param {number[]} numbers @param {number[] | undefined} others @returns {boolean} */
function alike(numbers, others) {
  return numbers.length === others?.length && numbers.every((number, i) => number === others[i])
}

/** @param {number} column @param {number} row @returns {number} */
function numbered(column, row) {
  return (column + HALF) * WIDE + row + HALF
}
