// @ts-check
/** What changes about a node under a hand: the line around it, its dots, the widget under the
 * mouse. Drawn over the face, which stays. */
/** @import {Brush} from "./brush.js" */
/** @import {Placed} from "./layout.js" */
/** @import {Marks} from "./marks.js" */
/** @import {Socket} from "../types.js" */

import {edge, snapped} from "./brush.js"
import {mixed} from "./colours.js"
import {CORNER, DOT} from "./metrics.js"
import {surfaceOf} from "./paint_node.js"

/** @param {Brush} brush @param {Placed} place @param {Marks} marks */
export function paintEdge(brush, place, marks) {
  const {colour, width} = lineOf(brush, place, marks)
  const box = snapped(brush, place.box)
  const corner = brush.detail === 0 ? CORNER * 0.8 : CORNER
  edge(brush, box, corner, colour, width)
  if (brush.detail === 0) return
  paintWidgets(brush, place, marks)
  for (const socket of place.sockets) {
    if (!socket.widget || socket.linked) paintDot(brush, socket, surfaceOf(brush, place))
  }
}

/** @param {Brush} brush @param {Placed} place @param {Marks} marks */
function lineOf({theme, hair, detail}, {shown}, marks) {
  if (marks.selected) return {colour: theme.accent, width: 2 * hair}
  if (shown.fault) return {colour: theme.bad, width: hair}
  if (shown.run?.state === "running") {
    return {colour: mixed(theme.surface, theme.accent, 0.6), width: hair}
  }
  return {colour: marks.hovered || detail === 0 ? theme["line-strong"] : theme.line, width: hair}
}

/** @param {Brush} brush @param {Placed} place @param {Marks} marks */
function paintWidgets(brush, place, marks) {
  const {value} = marks
  for (const widget of place.widgets) {
    const shown = value && widget.name === value.name
    const hovered = widget.name === marks.widget
    if (!shown && !hovered) continue
    const box = snapped(brush, widget.box)
    const wrong = place.shown.wrong.has(widget.name)
    const now = {...widget, box, value: shown ? value.value : widget.value}
    brush.widgetOf(widget.input).paint(brush, now, {hovered, wrong})
  }
}

/** A dot with a ring in the colour of what it sits on: hollow if its input is optional and free, a
 * square for a list.
 * @param {Brush} brush @param {Socket} socket @param {string} ring
 * @param {number} [size]  across */
export function paintDot(brush, socket, ring, size = DOT) {
  const {ctx, zoom} = brush
  const outer = Math.max(size / 2, 3.2 / zoom)
  const inner = outer - Math.max(2, outer * 0.3)
  dotPath(brush, socket, outer)
  ctx.fillStyle = ring
  ctx.fill()
  ctx.fillStyle = ctx.strokeStyle = brush.colour(socket.type)
  const hollow = socket.optional && !socket.linked && !socket.widget
  dotPath(brush, socket, hollow ? inner - 0.2 : inner)
  if (!hollow) return ctx.fill()
  ctx.lineWidth = 1.4
  ctx.stroke()
}

/** @param {Brush} brush @param {Socket} socket @param {number} radius */
function dotPath({ctx}, {x, y, list}, radius) {
  ctx.beginPath()
  if (list) ctx.roundRect(x - radius, y - radius, 2 * radius, 2 * radius, radius * 0.25)
  else ctx.arc(x, y, radius, 0, 2 * Math.PI)
}
