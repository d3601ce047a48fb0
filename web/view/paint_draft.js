// @ts-check
/** What a hand is doing and what others do, over everything else: the link that is pulled, sockets
 * it fits, the box, the cut, peers with their names. */
/** @import {Brush} from "./brush.js" */
/** @import {CanvasScene} from "./scene.js" */
/** @import {Box, Draft, LinkPlace, Point, Presence, Socket} from "../types.js" */

import {edge, roundPath, snapped, write} from "./brush.js"
import {lightnessOf} from "./colours.js"
import {nameOf} from "./marks.js"
import {CORNER, DOT} from "./metrics.js"
import {paintDot} from "./paint_edge.js"
import {paintReroute, trace} from "./paint_link.js"
import {toScreen} from "./camera.js"

/** Across, of a socket that a pulled link fits. */
const GROWN = 14

/** @param {Brush} brush @param {Draft} draft @param {CanvasScene} scene @param {Box} view */
export function paintDraft(brush, draft, scene, view) {
  if (draft.kind === "link") paintPulled(brush, draft, scene, view)
  else if (draft.kind === "box") paintBox(brush, draft.box)
  else if (draft.kind === "cut") paintCut(brush, draft.points)
  else if (draft.kind === "bend") paintBend(brush, draft, scene.links.get(draft.link))
  else if (draft.kind === "move") paintOnto(brush, scene.links.get(draft.onto ?? ""))
}

/** @param {Brush} brush @param {Draft & {kind: "link"}} draft @param {CanvasScene} scene
 * @param {Box} view */
function paintPulled(brush, draft, scene, view) {
  const {theme} = brush
  const end = draft.over ?? draft.to
  const pulled = [draft.from, ...draft.others ?? []]
  if (brush.detail > 0) {
    for (const place of scene.nodesNear(view)) {
      for (const socket of place.sockets) paintFitting(brush, draft, socket)
    }
  }
  for (const from of pulled) {
    stroke(brush, from.side === "out" ? [from, end] : [end, from], from.type, 2)
    paintDot(brush, {...from, linked: true}, theme.surface, GROWN)
  }
  if (!draft.over) paintDot(brush, {...draft.from, ...draft.to, linked: true}, theme.canvas, DOT)
}

/** @param {Brush} brush @param {Draft & {kind: "link"}} draft @param {Socket} socket */
function paintFitting(brush, draft, socket) {
  if (same(socket, draft.from)) return
  if (draft.fitting.has(nameOf(socket))) {
    const size = draft.over && same(socket, draft.over) ? GROWN + 4 : GROWN
    paintDot(brush, {...socket, optional: false}, brush.theme.surface, size)
  } else if (!socket.widget || socket.linked) {
    fade(brush, socket)
  }
}

/** @param {Brush} brush @param {Point[]} points @param {string} type @param {number} width */
function stroke(brush, points, type, width) {
  const {ctx, hair} = brush
  ctx.beginPath()
  trace(brush, points)
  ctx.lineWidth = Math.max(width, hair)
  ctx.lineCap = "round"
  ctx.strokeStyle = brush.colour(type)
  ctx.stroke()
}

/** A reroute that is pulled out of a link.
 * @param {Brush} brush @param {Draft & {kind: "bend"}} draft @param {LinkPlace | undefined} link */
function paintBend(brush, draft, link) {
  if (!link) return
  const points = link.points.toSpliced(draft.index + 1, 0, draft.to)
  stroke(brush, points, link.type, 2)
  for (const point of points.slice(1, -1)) {
    const selected = point === draft.to
    paintReroute(brush, point, brush.colour(link.type), {selected, hovered: false})
  }
}

/** @param {Socket} one @param {Socket} other @returns {boolean} */
function same(one, other) {
  return nameOf(one) === nameOf(other)
}

/** A dot at 30 percent: seven tenths of the surface laid over it.
 * @param {Brush} brush @param {Socket} socket */
function fade({ctx, theme, zoom}, {x, y}) {
  ctx.globalAlpha = 0.7
  ctx.fillStyle = theme.surface
  ctx.beginPath()
  ctx.arc(x, y, Math.max(DOT / 2, 3.2 / zoom), 0, 2 * Math.PI)
  ctx.fill()
  ctx.globalAlpha = 1
}

/** @param {Brush} brush @param {Box} box */
function paintBox(brush, box) {
  const {ctx, theme, hair} = brush
  const own = snapped(brush, box)
  ctx.globalAlpha = 0.1
  ctx.fillStyle = theme.accent
  ctx.fillRect(own.x, own.y, own.w, own.h)
  ctx.globalAlpha = 0.9
  edge(brush, own, 0, theme.accent, hair)
  ctx.globalAlpha = 1
}

/** @param {Brush} brush @param {Point[]} points */
function paintCut({ctx, theme, hair, zoom}, points) {
  if (points.length < 2) return
  ctx.beginPath()
  points.forEach(({x, y}, i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)))
  ctx.lineWidth = 1.5 * hair
  ctx.strokeStyle = theme.bad
  ctx.setLineDash([5 / zoom, 4 / zoom])
  ctx.stroke()
  ctx.setLineDash([])
}

/** The link that a node would be put into.
 * @param {Brush} brush @param {LinkPlace | undefined} link */
function paintOnto(brush, link) {
  if (link) stroke(brush, link.points, link.type, 4)
}

/** What somebody else has selected.
 * @param {Brush} brush @param {Presence} peer @param {Box[]} boxes */
export function paintSelection(brush, {colour}, boxes) {
  for (const box of boxes) {
    const own = snapped(brush, {x: box.x - 3, y: box.y - 3, w: box.w + 6, h: box.h + 6})
    edge(brush, own, CORNER + 3, colour, 1.5 * brush.hair)
  }
}

/** A peer's cursor with its name, of one size at every zoom.
 * @param {Brush} brush  its transform and zoom are the screen's @param {Presence} peer
 * @param {{x: number, y: number, zoom: number}} camera */
export function paintCursor(brush, peer, camera) {
  if (!peer.cursor) return
  const {ctx, fonts, measure, theme} = brush
  const {x, y} = toScreen(camera, peer.cursor)
  ctx.beginPath()
  ctx.moveTo(x, y)
  ctx.lineTo(x + 11, y + 4.2)
  ctx.lineTo(x + 6.2, y + 6.6)
  ctx.lineTo(x + 4, y + 11.4)
  ctx.closePath()
  ctx.lineJoin = "round"
  ctx.lineWidth = 2.5
  ctx.strokeStyle = theme.surface
  ctx.stroke()
  ctx.fillStyle = peer.colour
  ctx.fill()
  const name = measure.cut(peer.name, fonts.small, 140)
  if (!name) return
  const font = `600 ${fonts.small}`
  const tag = {x: x + 8, y: y + 12, w: measure.width(name, font) + 14, h: 18}
  roundPath(brush, tag, 9)
  ctx.fill()
  const ink = lightnessOf(peer.colour) > 0.62 ? "#1d1d20" : "#ffffff"
  write(brush, name, tag.x + 7, tag.y + 9, font, ink)
}
