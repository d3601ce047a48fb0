// @ts-check
/** The curve of a link: one cubic between neighbouring points, level at both ends. Pure. */
/** @import {Box, Point} from "../types.js" */

import {around} from "./boxes.js"

/** Start, two handles, end: x and y in turn.
 * @typedef {[number, number, number, number, number, number, number, number]} Span */

const PIECES = 12

/** The spans of a link through its points (start, reroutes, end).
 * @param {Point[]} points @returns {Span[]} */
export function spansOf(points) {
  /** @type {Span[]} */
  const spans = []
  for (let i = 1; i < points.length; i++) spans.push(span(points[i - 1], points[i]))
  return spans
}

/** @param {Point} start @param {Point} end @returns {Span} */
export function span(start, end) {
  const reach = handle(start, end)
  return [start.x, start.y, start.x + reach, start.y, end.x - reach, end.y, end.x, end.y]
}

/** Half of how far apart they are sideways, 40 to 140; less between points closer than that, so that
 * a short link makes no loop; up to 300 for one that goes back, so that it is seen to turn.
 * @param {Point} start @param {Point} end @returns {number} */
function handle(start, end) {
  const dx = end.x - start.x
  if (dx < 0) return Math.min(300, Math.max(60, -dx / 2))
  const far = Math.hypot(dx, end.y - start.y)
  return Math.min(140, Math.max(40, dx / 2), Math.max(far * 0.6, 6))
}

/** @param {Span} s @param {number} t  0 to 1 @returns {Point} */
export function pointAt(s, t) {
  const u = 1 - t
  const a = u * u * u
  const b = 3 * u * u * t
  const c = 3 * u * t * t
  const d = t * t * t
  return {
    x: a * s[0] + b * s[2] + c * s[4] + d * s[6],
    y: a * s[1] + b * s[3] + c * s[5] + d * s[7],
  }
}

/** How far a span leaves the straight line between its ends, at most, or turns beyond them.
 * @param {Span} s @returns {number} */
export function bend(s) {
  const dx = s[6] - s[0]
  const dy = s[7] - s[1]
  const long = Math.hypot(dx, dy) || 1
  const first = Math.abs((s[2] - s[0]) * dy - (s[3] - s[1]) * dx) / long
  const second = Math.abs((s[4] - s[0]) * dy - (s[5] - s[1]) * dx) / long
  const beyond = dx < 0 ? (s[2] - s[0]) / 3 : 0
  return Math.max(0.75 * Math.max(first, second), beyond)
}

/** The box around a whole link.
 * @param {Point[]} points @returns {Box} */
export function linkBox(points) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < points.length; i++) {
    const {x, y} = points[i]
    const reach = Math.max(
      i ? handle(points[i - 1], points[i]) : 0,
      i < points.length - 1 ? handle(points[i], points[i + 1]) : 0,
    )
    left = Math.min(left, i ? x - reach : x)
    right = Math.max(right, i < points.length - 1 ? x + reach : x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return {x: left, y: top, w: right - left, h: bottom - top}
}

/** Small boxes along a link, for the index: a long link is near little of what its box covers.
 * @param {Point[]} points @param {number} side  about how long a piece is @returns {Box[]} */
export function pieceBoxes(points, side) {
  const whole = linkBox(points)
  if (whole.w <= side && whole.h <= side) return [whole]
  return spansOf(points).flatMap((s) => {
    const long = Math.hypot(s[6] - s[0], s[7] - s[1]) + 2 * (s[2] - s[0])
    const count = Math.min(64, Math.max(1, Math.ceil(long / side)))
    return sampled(s, count).slice(1).map((end, i, rest) => {
      const start = i ? rest[i - 1] : {x: s[0], y: s[1]}
      return /** @type {Box} */ (around([start, end]))
    })
  })
}

/** @param {Span} s @param {number} count @returns {Point[]}  count + 1 points */
export function sampled(s, count) {
  return Array.from({length: count + 1}, (_, i) => pointAt(s, i / count))
}

/** How far a point is from a link.
 * @param {Point[]} points @param {Point} point @returns {number} */
export function distance(points, point) {
  let least = Infinity
  for (const s of spansOf(points)) {
    const places = sampled(s, PIECES * 2)
    for (let i = 1; i < places.length; i++) {
      least = Math.min(least, toSegment(places[i - 1], places[i], point))
    }
  }
  return least
}

/** Does a link cross the segment between two points? (A cut.)
 * @param {Point[]} points @param {Point} one @param {Point} other @returns {boolean} */
export function crosses(points, one, other) {
  return spansOf(points).some((s) => {
    const places = sampled(s, PIECES * 2)
    return places.some((end, i) => i > 0 && meet(places[i - 1], end, one, other))
  })
}

/** The point in the middle of a link and the way it goes there.
 * @param {Point[]} points @returns {{point: Point, angle: number}} */
export function middle(points) {
  const spans = spansOf(points)
  const s = spans[Math.floor((spans.length - 1) / 2)]
  const before = pointAt(s, 0.48)
  const after = pointAt(s, 0.52)
  return {point: pointAt(s, 0.5), angle: Math.atan2(after.y - before.y, after.x - before.x)}
}

/** @param {Point} a @param {Point} b @param {Point} p @returns {number} */
function toSegment(a, b, p) {
  const dx = b.x - a.x
  const dy = b.y - a.y
  const along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy || 1)
  const t = Math.min(1, Math.max(0, along))
  return Math.hypot(a.x + t * dx - p.x, a.y + t * dy - p.y)
}

/** @param {Point} a @param {Point} b @param {Point} c @param {Point} d @returns {boolean} */
function meet(a, b, c, d) {
  return side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0
}

/** @param {Point} a @param {Point} b @param {Point} p @returns {number} */
function side(a, b, p) {
  return Math.sign((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x))
}
