// @ts-check
/** Where the parts of a node are: pure geometry from what the node holds, its spec and what its run
 * has shown. Knows no canvas and no colours. */
/** @import {Box, GraphNode, InputSpec, Measure, NodeError, NodePlace, NodeRun, NodeSpec, Picture,
 *   Point, Socket, Translate, Widget, WidgetPlace} from "../types.js" */
/** @import {Fonts} from "./metrics.js" */

import {isLink} from "../document/values.js"
import {labelOf, titleOf} from "./labels.js"
import {
  BREATH, FAULT_LINE, FAULT_LINES, GAP, HEADER, LEAST_WIDTH, NAME_INSET, PAD, ROW, WIDE, WIDGET, WIDTH,
} from "./metrics.js"
import {stacked} from "./stack.js"

/** What is known of a node beside the graph. pictures: addresses; coming: of a picture that takes
 * the place of the one that is shown when it is here; aspect: width over height of all of them;
 * fault: the sentence why it failed; problem: what is wrong before it runs, first of `problems`.
 * @typedef {{run: NodeRun | null, pictures: string[], coming: string, aspect: number,
 *   said: string[], footer: boolean, fault: string, problem: string, problems: NodeError[],
 *   wrong: Set<string>}} Shown */
/** Lines of text and where they stand.
 * @typedef {{box: Box, lines: string[]}} Lines */
/** A place with what it shows. fault: under the node, outside of its box.
 * @typedef {NodePlace & {shown: Shown, said: Lines | null, fault: Lines | null}} Placed */
/** labels: names of sockets and widgets that have been looked up.
 * @typedef {{measure: Measure, fonts: Fonts, widgetOf: (input: InputSpec) => Widget,
 *   t: Translate, labels?: Map<string, string>}} Means */

/** @type {Shown} */
export const NOTHING_SHOWN = {
  run: null, pictures: [], coming: "", aspect: 1, said: [], footer: false, fault: "", problem: "",
  problems: [], wrong: new Set(),
}

let versions = 0

/** @param {string} id @param {GraphNode} node @param {NodeSpec} spec @param {Point} at
 * @param {Set<number>} usedOutputs  indices of outputs that a link leaves from
 * @param {Shown} shown @param {Means} means
 * @param {{w: number, h: number}} [size]  instead of the node's own, while it is resized
 * @returns {Placed} */
export function placed(id, node, spec, at, usedOutputs, shown, means, size) {
  const title = titleOf(node, spec, means)
  const [ownW, ownH] = node.look?.size ?? [0, 0]
  const wanted = size ?? {w: ownW, h: ownH}
  const w = Math.round(
    wanted.w ? Math.max(LEAST_WIDTH, wanted.w) : defaultWidth(node, spec, title, means),
  )
  if (node.look?.collapsed) {
    const box = {x: at.x, y: at.y, w: Math.min(w, collapsedWidth(title, means)), h: HEADER}
    const sockets = collapsedSockets(id, node, spec, box, usedOutputs)
    return {
      id, node, spec, title, box, sockets, widgets: [], picture: null, footer: null,
      version: ++versions, shown, said: null, fault: faultUnder(box, shown, means),
    }
  }
  const rows = socketRows(id, node, spec, at, w, usedOutputs, means)
  const h = Math.max(0, at.y + Math.round(wanted.h) - rows.bottom)
  const body = stacked(node, spec, {x: at.x, y: rows.bottom, w, h}, shown, means)
  const box = {x: at.x, y: at.y, w, h: body.bottom - at.y}
  const {sockets} = rows
  for (const place of body.widgets) sockets.push(widgetSocket(id, place, at))
  return {
    id, node, spec, title, box, sockets: indexed(sockets, spec), widgets: body.widgets,
    picture: body.picture, footer: body.footer, version: ++versions, shown, said: body.said,
    fault: faultUnder(box, shown, means),
  }
}

/** All that a node covers, its shadow apart.
 * @param {Placed} place @returns {Box} */
export function extentOf({box, fault}) {
  if (!fault) return box
  return {...box, w: Math.max(box.w, fault.box.w), h: fault.box.y + fault.box.h - box.y}
}

/** @param {Box} box @param {Shown} shown @param {Means} means @returns {Lines | null} */
function faultUnder(box, {fault}, {measure, fonts}) {
  if (!fault) return null
  const lines = measure.wrap(fault, fonts.body, Math.max(box.w, WIDTH) - 8, FAULT_LINES)
  const w = Math.max(...lines.map((line) => measure.width(line, fonts.body))) + 8
  return {box: {x: box.x, y: box.y + box.h + 6, w, h: lines.length * FAULT_LINE + 6}, lines}
}

/** The socket of an output. @param {NodePlace | undefined | null} place @param {number} index
 * @returns {Socket | null} */
export function outputOf(place, index) {
  return place?.sockets.find((one) => one.side === "out" && one.index === index) ?? null
}

/** The socket of an input. @param {NodePlace | undefined | null} place @param {string} name
 * @returns {Socket | null} */
export function inputOf(place, name) {
  return place?.sockets.find((one) => one.side === "in" && one.name === name) ?? null
}

/** The places of several pictures within a box: as square a grid as they make.
 * @param {Box} box @param {number} count @returns {Box[]} */
export function pictureCells(box, count) {
  if (count <= 1) return count ? [box] : []
  const columns = Math.ceil(Math.sqrt(count))
  const rows = Math.ceil(count / columns)
  const w = (box.w - GAP * (columns - 1)) / columns
  const h = (box.h - GAP * (rows - 1)) / rows
  return Array.from({length: count}, (_, i) => ({
    x: box.x + (i % columns) * (w + GAP), y: box.y + Math.floor(i / columns) * (h + GAP), w, h,
  }))
}

/** @param {GraphNode} node @param {NodeSpec} spec @param {string} title @param {Means} means
 * @returns {number} */
function defaultWidth(node, spec, title, means) {
  const {measure, fonts} = means
  const widgets = spec.inputs.filter((input) => input.widget)
  const large = widgets.length > 4 || widgets.some((input) => input.multiline)
  const inputs = spec.inputs.filter((input) => !input.widget)
  let need = measure.width(title, fonts.title) + 90
  /** @param {"inputs" | "outputs"} side @param {{name: string} | undefined} socket */
  const named = (side, socket) => (
    socket ? measure.width(labelOf(side, node, socket.name, means), fonts.body) : 0
  )
  for (let i = 0; i < Math.max(inputs.length, spec.outputs.length); i++) {
    const both = named("inputs", inputs[i]) + named("outputs", spec.outputs[i])
    need = Math.max(need, both + 2 * NAME_INSET + 20)
  }
  for (const input of widgets) {
    if (input.multiline) continue
    const value = node.inputs?.[input.name] ?? input.fallback
    const text = typeof value === "object" ? "" : String(value ?? "")
    const shown = Math.min(140, measure.width(text, fonts.body))
    need = Math.max(need, named("inputs", input) + shown + 2 * PAD + 54)
  }
  return Math.max(large ? WIDE : WIDTH, Math.min(330, Math.ceil(need / 6) * 6))
}

/** @param {string} title @param {Means} means @returns {number} */
function collapsedWidth(title, means) {
  return Math.max(LEAST_WIDTH, Math.ceil(means.measure.width(title, means.fonts.title)) + 64)
}

/** @param {string} id @param {GraphNode} node @param {NodeSpec} spec @param {Point} at
 * @param {number} w
 * @param {Set<number>} usedOutputs @param {Means} means */
function socketRows(id, node, spec, at, w, usedOutputs, means) {
  const pure = spec.inputs.filter((input) => !input.widget)
  const rows = Math.max(pure.length, spec.outputs.length)
  const top = at.y + HEADER + (rows ? BREATH : 0)
  const middle = (/** @type {number} */ i) => top + ROW * i + ROW / 2
  /** @type {Socket[]} */
  const sockets = pure.map((input, i) => inputSocket(
    id, node, input, labelOf("inputs", node, input.name, means), {x: at.x, y: middle(i)},
  ))
  spec.outputs.forEach((output, index) => sockets.push({
    side: "out", node: id, name: output.name, index, type: output.type, 
    label: labelOf("outputs", node, output.name, means),
    x: at.x + w, y: middle(index), optional: false, list: output.list,
    linked: usedOutputs.has(index), widget: false,
  }))
  return {sockets, bottom: top + ROW * rows + (rows ? BREATH : 2)}
}

/** @param {string} id @param {GraphNode} node @param {InputSpec} input @param {string} label
 * @param {Point} at
 * @returns {Socket} */
function inputSocket(id, node, input, label, at) {
  return {
    side: "in", node: id, name: input.name, index: 0, type: input.type, label, x: at.x, y: at.y,
    optional: input.optional, list: input.list, linked: isLink(node.inputs?.[input.name]),
    widget: input.widget !== null,
  }
}

/** @param {string} id @param {WidgetPlace} place @param {Point} at @returns {Socket} */
function widgetSocket(id, place, at) {
  const {input, box} = place
  return {
    side: "in", node: id, name: place.name, index: 0, type: input.type, label: place.label, x: at.x,
    y: box.y + Math.min(box.h, WIDGET) / 2, optional: true, list: input.list, linked: place.linked,
    widget: true,
  }
}

/** Inputs count in the order of the spec.
 * @param {Socket[]} sockets @param {NodeSpec} spec @returns {Socket[]} */
function indexed(sockets, spec) {
  for (const socket of sockets) {
    if (socket.side === "in") socket.index = spec.inputs.findIndex(({name}) => name === socket.name)
  }
  return sockets
}

/** @param {string} id @param {GraphNode} node @param {NodeSpec} spec @param {Box} box
 * @param {Set<number>} usedOutputs @returns {Socket[]} */
function collapsedSockets(id, node, spec, box, usedOutputs) {
  const inputs = spec.inputs.filter((input) => isLink(node.inputs?.[input.name]))
  const outputs = spec.outputs.map((output, index) => ({output, index}))
    .filter(({index}) => usedOutputs.has(index))
  const spread = (/** @type {number} */ i, /** @type {number} */ count) => (
    box.y + HEADER / 2 + (i - (count - 1) / 2) * Math.min(DENSE, (HEADER - 8) / count)
  )
  const sockets = inputs.map((input, i) => (
    inputSocket(id, node, input, "", {x: box.x, y: spread(i, inputs.length)})
  ))
  outputs.forEach(({output, index}, i) => sockets.push({
    side: "out", node: id, name: output.name, index, type: output.type, label: "", x: box.x + box.w,
    y: spread(i, outputs.length), optional: false, list: output.list, linked: true, widget: false,
  }))
  return indexed(sockets, spec)
}

/** Between the sockets of a collapsed node. */
const DENSE = 9

/** A picture's name as inputs have it, "folder/name.png [output]".
 * @param {string} value @returns {Picture | null} */
export function pictureOf(value) {
  const parts = /^(.*?)(?:\s\[(input|output|temp)\])?$/.exec(value.trim())
  if (!parts || !parts[1]) return null
  const slash = parts[1].lastIndexOf("/")
  return {
    filename: parts[1].slice(slash + 1), subfolder: slash < 0 ? "" : parts[1].slice(0, slash),
    type: parts[2] ?? "input",
  }
}
