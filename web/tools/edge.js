// @ts-check
/** How fast the view follows a hand that holds something at the edge of the screen. Pure. */
/** @import {Point} from "../types.js" */

const NEAR = 28 // screen pixels from an edge
const MOST = 18 // screen pixels a frame

/** What the view moves on in a frame; null for a hand that is not at an edge.
 * @param {Point} screen @param {{w: number, h: number}} size
 * @returns {{dx: number, dy: number} | null} */
export function pullAt(screen, {w, h}) {
  const dx = pull(screen.x, w)
  const dy = pull(screen.y, h)
  return dx || dy ? {dx, dy} : null
}

/** @param {number} at @param {number} length @returns {number} */
function pull(at, length) {
  if (at < NEAR) return -speed(NEAR - at)
  return at > length - NEAR ? speed(at - length + NEAR) : 0
}

/** @param {number} deep  pixels into the edge, or beyond it @returns {number} */
function speed(deep) {
  return Math.round(Math.min(1, deep / (2 * NEAR)) * MOST)
}
