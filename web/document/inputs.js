// @ts-check
/** Inputs and outputs as `GET /object_info` declares them, read into specs. Knows no graph. */

/** @import {InputSpec, Json, NodeSpec, OutputSpec, WidgetKind} from "../types.js" */

import {isObject} from "./values.js"

const UPLOADS = ["image", "video", "audio", "file", "animated_image"]
const MATCH = "COMFY_MATCHTYPE_V3"
const SEEDS = ["seed", "noise_seed"]

/** A group of sockets that grows while it is used: inputs are named `group.name`.
 * @typedef {{name: string, type: string, names: string[], least: number, optional: boolean}}
 *   Growing */
/** @typedef {{spec: NodeSpec, growing: Growing[]}} Declared */

/** What an entry of object_info declares; what it says oddly is left out.
 * @param {string} name @param {Json} entry @returns {Declared} */
export function declared(name, entry) {
  const pack = String(entry.python_module ?? "")
  /** @type {NodeSpec} */
  const spec = {
    name,
    title: String(entry.display_name || name),
    category: String(entry.category ?? ""),
    description: String(entry.description ?? ""),
    inputs: [],
    outputs: outputsOf(entry),
    saves: entry.output_node === true,
    pack: pack.startsWith("custom_nodes.") ? pack.slice("custom_nodes.".length) : "",
    known: true,
    deprecated: entry.deprecated === true,
  }
  const growing = []
  for (const {name, optional, said} of inputsOf(entry)) {
    const group = growingOf(name, said, optional)
    if (group) growing.push(group)
    else spec.inputs.push(inputOf(name, said, optional))
  }
  return {spec, growing}
}

/** A socket that nothing is known of but its type.
 * @param {string} name @param {string} type @param {boolean} [optional] @returns {InputSpec} */
export function bareInput(name, type, optional = false) {
  return {name, type, widget: null, optional, list: false, fallback: undefined, tooltip: ""}
}

/** @param {Json} entry */
function inputsOf(entry) {
  const {input = {}, input_order: order = {}} = entry
  return ["required", "optional"].flatMap(section => {
    const said = isObject(input[section]) ? input[section] : {}
    const listed = Array.isArray(order[section]) ? order[section] : []
    const names = new Set([...listed, ...Object.keys(said)])
    const there = [...names].filter(name => Object.hasOwn(said, name))
    return there.map(name => ({name, optional: section === "optional", said: said[name]}))
  })
}

/** @param {Json} entry @returns {OutputSpec[]} */
function outputsOf(entry) {
  const {output = [], output_name: names = [], output_is_list: lists = [],
    output_tooltips: tooltips = [], output_matchtypes: matches = []} = entry
  return output.map((/** @type {Json} */ type, /** @type {number} */ index) => ({
    name: String(names[index] ?? type),
    type: Array.isArray(type) ? "COMBO" : matches[index] || type === MATCH ? "*" : String(type),
    list: lists[index] === true,
    tooltip: String(tooltips[index] ?? ""),
  }))
}

/** @param {string} name @param {Json} said @param {boolean} optional @returns {Growing | null} */
function growingOf(name, said, optional) {
  const template = Array.isArray(said) && isObject(said[1]) ? said[1].template : undefined
  if (!isObject(template) || !isObject(template.input)) return null
  const inner = Object.values(template.input.required ?? template.input.optional ?? {})[0]
  const names = Array.isArray(template.names)
    ? template.names.map(String)
    : Array.from({length: template.max ?? 10}, (_, at) => `${template.prefix ?? "input"}${at}`)
  const type = Array.isArray(inner) ? String(inner[0]) : "*"
  return {name, type, names, least: Number(template.min ?? 1), optional}
}

/** @param {string} name @param {Json} said @param {boolean} optional @returns {InputSpec} */
function inputOf(name, said, optional) {
  const [kind, given] = Array.isArray(said) ? said : [said]
  const more = isObject(given) ? given : {}
  const options = [kind, more.options].find(Array.isArray) ?? []
  const type = Array.isArray(kind) ? "COMBO" : String(kind ?? "*")
  const socket = type === MATCH ? String(more.template?.allowed_types ?? "*") : type
  /** @type {InputSpec} */
  const spec = {
    ...bareInput(name, socket, optional),
    widget: more.forceInput === true ? null : widgetOf(name, type, more),
    fallback: more.default,
    tooltip: String(more.tooltip ?? ""),
  }
  if (type === "COMBO") Object.assign(spec, choiceOf(options, more))
  else if (spec.fallback === undefined) spec.fallback = emptyOf(type, more)
  Object.assign(spec, furtherOf(more, name, type))
  return spec
}

/** @param {string} name @param {string} type @param {Json} more @returns {WidgetKind | null} */
function widgetOf(name, type, more) {
  if (type === "INT" && (more.control_after_generate || SEEDS.includes(name))) return "seed"
  if (more.display === "color" || type === "COLOR") return "colour"
  if (type === "INT" || type === "FLOAT") return "number"
  if (type === "STRING") return "text"
  if (type === "BOOLEAN") return "toggle"
  if (type === "COMBO") return more.image_upload ? "picture" : "choice"
  return null
}

/** @param {Json[]} options @param {Json} more @returns {Partial<InputSpec>} */
function choiceOf(options, more) {
  const upload = UPLOADS.find(kind => more[`${kind}_upload`])
  return {options, fallback: more.default ?? options[0], ...upload && {upload}}
}

/** @param {string} type @param {Json} more
 * @returns {Json} what a widget shows that has no default */
function emptyOf(type, more) {
  if (type === "INT" || type === "FLOAT") return more.min > 0 ? more.min : 0
  if (type === "STRING") return ""
  return type === "BOOLEAN" ? false : undefined
}

/** @param {Json} more @param {string} name @param {string} type @returns {Partial<InputSpec>} */
function furtherOf(more, name, type) {
  const control = Boolean(more.control_after_generate) || (type === "INT" && SEEDS.includes(name))
  return {
    ...pick(more, {min: "min", max: "max", step: "step", folder: "folder"}),
    ...pick(more, {placeholder: "placeholder", label_on: "on", label_off: "off"}),
    ...typeof more.round === "number" && {round: more.round},
    ...more.multiline === true && {multiline: true},
    ...control && {control: true},
    ...more.display === "slider" && {slider: true},
  }
}

/** @param {Json} more @param {Object<string, string>} names @returns {Object<string, Json>} */
function pick(more, names) {
  const found = Object.entries(names).filter(([key]) => more[key] !== undefined)
  return Object.fromEntries(found.map(([key, name]) => [name, more[key]]))
}
