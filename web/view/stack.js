// @ts-check
/** What stands under a node's sockets, from top to bottom: widgets, texts of a run, pictures,
 * footer.
 * Pure geometry. */
/** @import {Box, GraphNode, InputSpec, Json, NodeSpec, WidgetPlace} from "../types.js" */
/** @import {Lines, Means, Shown} from "./layout.js" */

import {isLink} from "../document/values.js"
import {labelOf} from "./labels.js"
import {FOOTER, GAP, PAD, PROGRESS, SAID_LINE, SAID_LINES} from "./metrics.js"

/** A picture is at most this many times as tall as it is wide. */
const TALLEST = 2.2
/** Above and below the lines of a text together. */
const SAID_PAD = 12
/** A node that saves pictures shows where they will be if it has this much room. */
const LEAST_EMPTY = 60

/** What there is to be stacked, with its heights.
 * @typedef {{inputs: InputSpec[], heights: number[], lines: string[], said: number, picture:
 *   number,
 *   footer: number}} Parts */
/** @typedef {{widgets: WidgetPlace[], said: Lines | null, picture: Box | null, footer: Box | null,
 *   bottom: number}} Stack */

/** @param {GraphNode} node @param {NodeSpec} spec
 * @param {Box} room  x, y, w: where the stack begins; h: the height that a hand has given it
 * @param {Shown} shown @param {Means} means @returns {Stack} */
export function stacked(node, spec, room, shown, means) {
  const parts = partsOf(node, spec, room.w - 2 * PAD, shown, means)
  stretch(parts, spec, room.h - heightOf(parts))
  return placed(node, parts, room, means)
}

/** @param {GraphNode} node @param {NodeSpec} spec @param {number} w @param {Shown} shown
 * @param {Means} means @returns {Parts} */
function partsOf(node, spec, w, shown, means) {
  const {measure, fonts, widgetOf} = means
  const inputs = spec.inputs.filter((input) => input.widget)
  const heights = inputs.map((input) => (
    widgetOf(input).height({input, value: valueOf(node, input)}, w, measure)
  ))
  const lines = shown.said
    .flatMap((text) => measure.wrap(text, fonts.body, w - 18, SAID_LINES)).slice(0, SAID_LINES)
  const said = lines.length ? lines.length * SAID_LINE + SAID_PAD : 0
  const picture = shown.pictures.length ? Math.round(w * Math.min(1 / shown.aspect, TALLEST)) : 0
  return {inputs, heights, lines, said, picture, footer: picture && shown.footer ? FOOTER : 0}
}

/** @param {Parts} parts @returns {number} */
function heightOf({heights, said, picture, footer}) {
  const widgets = heights.reduce((sum, h) => sum + h + GAP, heights.length ? PAD - GAP : 0)
  return widgets + (said ? said + PAD : 0)
    + (picture ? picture + PROGRESS - PAD + (footer || PAD) : 0)
}

/** What is over of a height goes to the texts, else to the pictures that are there or will be.
 * @param {Parts} parts @param {NodeSpec} spec @param {number} over */
function stretch(parts, spec, over) {
  if (over <= 0) return
  const growing = parts.inputs.flatMap((input, i) => (input.multiline ? [i] : []))
  for (const i of growing) parts.heights[i] += Math.floor(over / growing.length)
  if (growing.length) return
  if (parts.picture) parts.picture += over
  else if (spec.saves && over > LEAST_EMPTY) parts.picture = over - PROGRESS
}

/** @param {GraphNode} node @param {Parts} parts @param {Box} room @param {Means} means
 * @returns {Stack} */
function placed(node, parts, room, means) {
  const x = room.x + PAD
  const w = room.w - 2 * PAD
  let {y} = room
  const widgets = parts.inputs.map((input, i) => {
    const place = widgetPlace(node, input, {x, y, w, h: parts.heights[i]}, means)
    y += parts.heights[i] + (i < parts.inputs.length - 1 ? GAP : PAD)
    return place
  })
  const said = parts.said ? {box: {x, y, w, h: parts.said}, lines: parts.lines} : null
  if (said) y += parts.said + PAD
  const picture = parts.picture ? {x, y: y + PROGRESS - PAD, w, h: parts.picture} : null
  if (picture) y = picture.y + picture.h + (parts.footer || PAD)
  const footer = parts.footer ? {x, y: y - parts.footer, w, h: parts.footer} : null
  return {widgets, said, picture, footer, bottom: Math.max(y, room.y + room.h)}
}

/** @param {GraphNode} node @param {InputSpec} input @param {Box} box @param {Means} means
 * @returns {WidgetPlace} */
function widgetPlace(node, input, box, means) {
  return {
    name: input.name,
    label: labelOf("inputs", node, input.name, means),
    box,
    input,
    value: valueOf(node, input),
    linked: isLink(node.inputs?.[input.name]),
    after: node.after_run?.[input.name] ?? "",
  }
}

/** What a widget shows: the node's own value, the one under a link, or the default.
 * @param {GraphNode} node @param {InputSpec} input @returns {Json} */
function valueOf(node, input) {
  const value = node.inputs?.[input.name]
  if (value === undefined) return input.fallback
  return isLink(value) ? node.under?.[input.name] ?? input.fallback : value
}
