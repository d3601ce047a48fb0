// @ts-check
/** Node types that only an editor knows: what feeds them stands in for them in a run. The names are
 * those of `engine/graph/virtual.py`. */

/** @import {GraphNode, InputSpec, WidgetKind} from "../types.js" */

import {isLink} from "./values.js"

const PRIMITIVE = "PrimitiveNode"
const PASSING = new Set(["Reroute", "Reroute (rgthree)"])
const VIRTUAL = new Set([
  ...PASSING, PRIMITIVE, "SetNode", "GetNode", "Note", "MarkdownNote",
  "Anything Everywhere", "Anything Everywhere3", "Anything Everywhere?", "Prompts Everywhere",
  "Bookmark (rgthree)", "Fast Actions Button (rgthree)", "Fast Bypasser (rgthree)",
  "Fast Groups Bypasser (rgthree)", "Fast Groups Muter (rgthree)", "Fast Muter (rgthree)",
  "Label (rgthree)", "Mute / Bypass Relay (rgthree)", "Mute / Bypass Repeater (rgthree)",
  "Node Collector (rgthree)", "Random Unmuter (rgthree)",
])
/** @type {Object<string, WidgetKind>} */
const WIDGETS = {INT: "number", FLOAT: "number", STRING: "text", BOOLEAN: "toggle"}

/** Whether a type is an editor's own, so that no pack is missing where it stands.
 * @param {string} type @returns {boolean} */
export function isVirtual(type) {
  return VIRTUAL.has(type)
}

/** Whether a type hands on what comes in, to an output that it always has.
 * @param {string} type @returns {boolean} */
export function isPassing(type) {
  return PASSING.has(type)
}

/** The value that a primitive gives is edited as its output's type is.
 * @param {GraphNode} node @param {InputSpec} input @param {string} type  of its output
 * @returns {InputSpec} */
export function primitive(node, input, type) {
  if (node.class_type !== PRIMITIVE || input.name !== "value" || isLink(input.fallback)) return input
  const control = node.after_run?.value !== undefined
  const widget = type === "INT" && control ? "seed" : WIDGETS[type] ?? "plain"
  return {...input, type, widget, ...control && {control}, ...type === "STRING" && {multiline: true}}
}
