// @ts-check
/** Links, many at a time: those of one colour and strength are one stroke. Reroutes as dots. */
/** @import {Brush} from "./brush.js" */
/** @import {Strength} from "./marks.js" */
/** @import {LinkPlace, Point} from "../types.js" */

import {REROUTE} from "./metrics.js"
import {bend, middle, spansOf} from "./route.js"

const ALPHA = {plain: 0.85, lit: 1, dim: 0.45}
const WIDTH = {plain: 2, lit: 3, dim: 2}
const ORDER = /** @type {const} */ (["dim", "plain", "lit"])

/** @param {Brush} brush @param {Iterable<LinkPlace>} links
 * @param {(link: LinkPlace) => Strength} strengthOf */
export function paintLinks(brush, links, strengthOf) {
  /** @type {Record<Strength, Map<string, LinkPlace[]>>} */
  const sorted = {dim: new Map(), plain: new Map(), lit: new Map()}
  for (const link of links) {
    const colours = sorted[strengthOf(link)]
    const colour = link.broken ? brush.theme.bad : brush.colour(link.type)
    const had = colours.get(colour)
    if (had) had.push(link)
    else colours.set(colour, [link])
  }
  for (const strength of ORDER) {
    for (const [colour, alike] of sorted[strength]) paintAlike(brush, alike, colour, strength)
  }
}

/** @param {Brush} brush @param {LinkPlace[]} links @param {string} colour
 * @param {Strength} strength */
function paintAlike(brush, links, colour, strength) {
  const {ctx, hair} = brush
  ctx.strokeStyle = ctx.fillStyle = colour
  ctx.globalAlpha = ALPHA[strength]
  ctx.lineWidth = Math.max(WIDTH[strength], hair * (strength === "lit" ? 1.6 : 1))
  ctx.lineCap = "round"
  ctx.beginPath()
  for (const {points, broken} of links) if (!broken) trace(brush, points)
  ctx.stroke()
  const loose = links.filter(({broken}) => broken)
  if (loose.length) paintLoose(brush, loose)
  if (strength === "lit" && brush.detail === 2) {
    for (const {points} of links) paintArrow(brush, points)
  }
  ctx.globalAlpha = 1
}

/** Add a link to the path: straight where its bend would not be seen.
 * @param {Brush} brush @param {Point[]} points */
export function trace({ctx, scale}, points) {
  ctx.moveTo(points[0].x, points[0].y)
  for (const s of spansOf(points)) {
    if (bend(s) * scale < 1) ctx.lineTo(s[6], s[7])
    else ctx.bezierCurveTo(s[2], s[3], s[4], s[5], s[6], s[7])
  }
}

/** Links whose source is gone: dashed.
 * @param {Brush} brush @param {LinkPlace[]} links */
function paintLoose(brush, links) {
  const {ctx} = brush
  ctx.setLineDash([5, 5])
  ctx.beginPath()
  for (const {points} of links) trace(brush, points)
  ctx.stroke()
  ctx.setLineDash([])
}

/** Which way a link goes.
 * @param {Brush} brush @param {Point[]} points */
function paintArrow({ctx}, points) {
  const {point, angle} = middle(points)
  ctx.save()
  ctx.translate(point.x, point.y)
  ctx.rotate(angle)
  ctx.beginPath()
  ctx.moveTo(6.5, 0)
  ctx.lineTo(-4.5, -5.5)
  ctx.lineTo(-4.5, 5.5)
  ctx.closePath()
  ctx.fill()
  ctx.restore()
}

/** @param {Brush} brush @param {Point} at @param {string} colour
 * @param {{selected: boolean, hovered: boolean}} marks */
export function paintReroute(brush, at, colour, marks) {
  const {ctx, theme, zoom, hair} = brush
  const radius = Math.max(REROUTE, 3 / zoom)
  ctx.beginPath()
  ctx.arc(at.x, at.y, radius, 0, 2 * Math.PI)
  ctx.fillStyle = theme.canvas
  ctx.fill()
  ctx.beginPath()
  ctx.arc(at.x, at.y, radius - 2, 0, 2 * Math.PI)
  ctx.fillStyle = colour
  ctx.fill()
  if (!marks.selected && !marks.hovered) return
  ctx.beginPath()
  ctx.arc(at.x, at.y, radius + 1, 0, 2 * Math.PI)
  ctx.lineWidth = 2 * hair
  ctx.strokeStyle = marks.selected ? theme.accent : theme["line-strong"]
  ctx.stroke()
}
