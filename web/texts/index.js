// @ts-check
/** Words that a person reads, by key. Knows no page; only the language that is spoken is loaded.
 *
 * "queue.cancel" is one text; {n} in it is replaced; "one job|{n} jobs" is chosen by n. Names of
 * nodes, inputs, outputs, types and menus are texts too: "nodes.KSampler", "inputs.cfg" (or, for
 * one node alone, "inputs.KSampler.denoise"); `or` says what stands where there is no such text. */

/** @import {GraphNode, NodeError, NodeSpec, Translate} from "../types.js" */

/** @typedef {{ui: Object<string, string>, nodes: Object<string, string>,
 *   inputs: Object<string, string>, outputs: Object<string, string>,
 *   errors: Object<string, string>, menus: Object<string, string>}} Texts */

/** A language and all that is said in it. @typedef {{code: string, texts: Texts}} Spoken */

/** How the texts of languages are had, by code.
 * @type {Object<string, () => Promise<{default: Texts}>>} */
export const LANGUAGES = {en: () => import("./en.js"), zh: () => import("./zh.js")}
const SECTIONS = new Set(["nodes", "inputs", "outputs", "errors", "menus"])

/** Languages by code, each by its own name. */
export const LANGUAGE_NAMES = {en: "English", zh: "中文"}

/** The language that is meant: a code, or "system" for the browser's.
 * @param {unknown} wanted @param {readonly string[]} [spoken] as `navigator.languages`
 * @returns {string} */
export function languageOf(wanted, spoken = []) {
  if (typeof wanted === "string" && Object.hasOwn(LANGUAGES, wanted)) return wanted
  const codes = spoken.map(tag => tag.toLowerCase().split("-")[0])
  return codes.find(code => Object.hasOwn(LANGUAGES, code)) ?? "en"
}

/** @param {string} code @returns {Promise<Spoken>} */
export async function spokenIn(code) {
  return {code, texts: (await LANGUAGES[code]()).default}
}

/** How things are said. `spoken` is asked at each call, so that the language can change.
 * @param {() => Spoken} spoken @returns {Translate} */
export function translating(spoken) {
  return (key, values = {}) => {
    const found = textOf(spoken().texts, key)
    return found === undefined ? String(values.or ?? key) : filled(found, values)
  }
}

/** @param {Texts} texts @param {string} key @returns {string | undefined} */
function textOf(texts, key) {
  const dot = key.indexOf(".")
  const section = key.slice(0, dot)
  if (!SECTIONS.has(section)) return own(texts.ui, key)
  const named = texts[/** @type {"nodes"} */ (section)]
  const name = key.slice(dot + 1)
  return own(named, name) ?? own(named, name.slice(name.indexOf(".") + 1))
}

/** @param {Object<string, string>} holder @param {string} name @returns {string | undefined} */
function own(holder, name) {
  return Object.hasOwn(holder, name) ? holder[name] : undefined
}

/** @param {string} text @param {Object<string, string | number>} values @returns {string} */
function filled(text, values) {
  const forms = text.split("|")
  const form = forms.length > 1 && values.n !== 1 ? forms[1] : forms[0]
  return form.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole))
}

// Names of what nodes have, as people read them.

/** A node type's title. @param {Translate} t @param {{name: string, title: string}} spec
 * @returns {string} */
export function typeTitle(t, {name, title}) {
  return t(`nodes.${name}`, {or: title || name})
}

/** A node's title: its own, or its type's.
 * @param {Translate} t @param {GraphNode} node @param {NodeSpec} spec @returns {string} */
export function nodeTitle(t, node, spec) {
  return node.look?.title || typeTitle(t, spec)
}

/** @param {Translate} t @param {string} type  the node's class type @param {string} name
 * @returns {string} */
export function inputLabel(t, type, name) {
  return t(`inputs.${type}.${name}`, {or: outputLabel(t, name)})
}

/** @param {Translate} t @param {string} name @returns {string} */
export function outputLabel(t, name) {
  return t(`outputs.${name}`, {or: plain(name)})
}

/** What is wrong, in the language of the page by its type, else as the server said it.
 * @param {Translate} t @param {NodeError} problem @returns {string} */
export function problemText(t, {type, message, text, input = ""}) {
  return t(`errors.${type}`, {input: t(`inputs.${input}`, {or: plain(input)}), or: text || message})
}

/** The title of a menu of nodes: one part of a category.
 * @param {Translate} t @param {string} part @returns {string} */
export function menuTitle(t, part) {
  return t(`menus.${part}`, {or: part})
}

/** @param {string} name @returns {string} */
function plain(name) {
  const words = name.replaceAll("_", " ")
  return words === words.toUpperCase() && words.length > 1 ? words.toLowerCase() : words
}
