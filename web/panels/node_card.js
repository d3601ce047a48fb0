// @ts-check
/** A node as it will stand on the canvas, drawn with what it declares. Knows no graph. */

/** @import {InputSpec, Json, NodeSpec, OutputSpec, Translate} from "../types.js" */

import {inputLabel, outputLabel, typeTitle} from "../texts/index.js"
import {h} from "./dom.js"
import {typeColour} from "./type_colour.js"

/** @param {NodeSpec} spec @param {Translate} t @returns {HTMLElement} */
export function nodeCard(spec, t) {
  const pure = spec.inputs.filter(input => !input.widget)
  const widgets = spec.inputs.filter(input => input.widget)
  const rows = Math.max(pure.length, spec.outputs.length)
  return h("div", {class: "card", "aria-hidden": "true"},
    h("div", {class: "card-head"},
      dot(spec),
      h("span", {class: "cut"}, typeTitle(t, spec))),
    Array.from({length: rows}, (_, i) => h("div", {class: "card-row"},
      pure[i] ? socketIn(spec, pure[i], t) : h("span"),
      spec.outputs[i] ? socketOut(spec.outputs[i], t) : null)),
    widgets.map(input => well(spec, input, t)))
}

/** The mark of a node type, in the colour of what it gives first.
 * @param {NodeSpec} spec @returns {HTMLElement} */
export function dot({inputs, outputs}) {
  const main = outputs[0] ?? inputs.find(input => !input.widget)
  return h("span", {class: "dot", style: {background: typeColour(main?.type ?? "*")}})
}

/** @param {NodeSpec} spec @param {InputSpec} input @param {Translate} t @returns {HTMLElement} */
function socketIn(spec, {name, type, optional, list}, t) {
  const label = inputLabel(t, spec.name, name)
  return h("span", {class: "card-in cut"}, ring(type, optional, list), label)
}

/** @param {OutputSpec} output @param {Translate} t @returns {HTMLElement} */
function socketOut({name, type, list}, t) {
  return h("span", {class: "card-out cut"}, outputLabel(t, name), ring(type, false, list))
}

/** A socket. @param {string} type @param {boolean} hollow @param {boolean} list
 * @returns {HTMLElement} */
export function ring(type, hollow, list) {
  const colour = typeColour(type)
  return h("span", {class: `ring${list ? " many" : ""}`,
    style: {"border-color": colour, background: hollow ? "transparent" : colour}})
}

/** @param {NodeSpec} spec @param {InputSpec} input @param {Translate} t @returns {HTMLElement} */
function well(spec, input, t) {
  const tall = input.multiline
  return h("div", {class: `card-well${tall ? " tall" : ""}`},
    tall && input.placeholder ? h("span", {class: "faint cut"}, input.placeholder)
      : h("span", {class: "muted cut"}, inputLabel(t, spec.name, input.name)),
    tall ? null : h("span", {class: "cut"}, shown(input)))
}

/** @param {InputSpec} input @returns {string} */
function shown({fallback, options, widget, on, off}) {
  if (widget === "toggle" && (on || off)) return String((fallback ? on : off) ?? "")
  const value = fallback ?? options?.[0]
  return value === undefined || value === null ? "" : textOf(value)
}

/** A value in a few letters. @param {Json} value @returns {string} */
export function textOf(value) {
  if (typeof value === "object" && value !== null) return "…"
  return String(value).split("\n")[0]
}
