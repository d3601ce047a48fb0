// @ts-check
/** Boxes on the canvas: joining, touching, growing. Pure; knows nothing of what is in them. */
/** @import {Box, Point} from "../types.js" */

/** Boxes that share an edge touch.
 * @param {Box} one @param {Box} other @returns {boolean} */
export function touches(one, other) {
  return one.x <= other.x + other.w && other.x <= one.x + one.w
    && one.y <= other.y + other.h && other.y <= one.y + one.h
}

/** @param {Box} box @param {Point} point @returns {boolean} */
export function holds(box, point) {
  return point.x >= box.x && point.x <= box.x + box.w
    && point.y >= box.y && point.y <= box.y + box.h
}

/** @param {Box} box @param {number} by @returns {Box} */
export function grown(box, by) {
  return {x: box.x - by, y: box.y - by, w: box.w + 2 * by, h: box.h + 2 * by}
}

/** @param {Box} box @param {number} dx @param {number} dy @returns {Box} */
export function moved(box, dx, dy) {
  return {x: box.x + dx, y: box.y + dy, w: box.w, h: box.h}
}

/** The box around both; either may be missing.
 * @param {Box | null} one @param {Box | null} other @returns {Box | null} */
export function joined(one, other) {
  if (!one || !other) return one ?? other
  const x = Math.min(one.x, other.x)
  const y = Math.min(one.y, other.y)
  return {
    x,
    y,
    w: Math.max(one.x + one.w, other.x + other.w) - x,
    h: Math.max(one.y + one.h, other.y + other.h) - y,
  }
}

/** The box around points; null for none.
 * @param {Iterable<Point>} points @returns {Box | null} */
export function around(points) {
  let left = Infinity
  let top = Infinity
  let right = -Infinity
  let bottom = -Infinity
  for (const {x, y} of points) {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x)
    bottom = Math.max(bottom, y)
  }
  return left > right ? null : {x: left, y: top, w: right - left, h: bottom - top}
}

/** A stored box: four numbers, perhaps with a negative size while it is drawn.
 * @param {[number, number, number, number]} box @returns {Box} */
export function boxOf([x, y, w, h]) {
  return {x: Math.min(x, x + w), y: Math.min(y, y + h), w: Math.abs(w), h: Math.abs(h)}
}

/** @param {Box} one @param {Box} other @returns {boolean} */
export function sameBox(one, other) {
  return one.x === other.x && one.y === other.y && one.w === other.w && one.h === other.h
}
