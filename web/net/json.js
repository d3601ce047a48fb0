// @ts-check
/** The only parser and writer of JSON: a whole number over 2**53 becomes a BigInt and goes back. */

/** @import {Json} from "../types.js" */

const LONG = /\d{16}/  // without so many digits in a row no number is too large

/** What newer engines have beside the standard's types.
 * @typedef {{parse: (text: string, reviver: (key: string, value: Json, context: {source?: string})
 *   => Json) => Json, rawJSON?: (text: string) => unknown}} NewJson */

const json = /** @type {NewJson} */ (/** @type {unknown} */ (JSON))

/** Whether this browser keeps large numbers; one that does not is too old.
 * @returns {boolean} */
export function keepsNumbers() {
  return typeof json.rawJSON === "function"
}

/** The value of a JSON text. Throws `SyntaxError`.
 * @param {string} text @returns {Json} */
export function parse(text) {
  return LONG.test(text) ? json.parse(text, revived) : JSON.parse(text)
}

/** The JSON text of a value.
 * @param {Json} value @param {number} [indent] @returns {string} */
export function stringify(value, indent) {
  return JSON.stringify(value, raw, indent)
}

/** @param {string} _key @param {Json} value @param {{source?: string}} context @returns {Json} */
function revived(_key, value, context) {
  const large = typeof value === "number" && !Number.isSafeInteger(value)
  const source = large ? context.source ?? "" : ""
  return /^-?\d+$/.test(source) ? BigInt(source) : value
}

/** @param {string} _key @param {Json} value @returns {unknown} */
function raw(_key, value) {
  return typeof value === "bigint" && json.rawJSON ? json.rawJSON(String(value)) : value
}
