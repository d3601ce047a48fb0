// @ts-check
/** JSON values: copied, compared, read and put by name. Knows nothing of workflows. */

/** @import {Json, Link} from "../types.js" */

/** Whether a value is an object with names.
 * @param {Json} value @returns {value is Object<string, Json>} */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** What stands under a name of its own; undefined if nothing does.
 * @param {Object<string, Json> | undefined} holder @param {string} key @returns {Json} */
export function own(holder, key) {
  return holder !== undefined && Object.hasOwn(holder, key) ? holder[key] : undefined
}

/** Put a value under any name, `__proto__` too.
 * @param {Object<string, Json>} holder @param {string} key @param {Json} value */
export function put(holder, key, value) {
  if (key === "__proto__") {
    const plain = {value, writable: true, enumerable: true, configurable: true}
    Object.defineProperty(holder, key, plain)
  } else holder[key] = value
}

/** A copy that shares nothing.
 * @template T @param {T} value @returns {T} */
export function copy(value) {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return /** @type {T} */ (value.map(copy))
  /** @type {Object<string, Json>} */
  const made = {}
  for (const [key, inner] of Object.entries(value)) put(made, key, copy(inner))
  return /** @type {T} */ (made)
}

/** Equality as JSON has it: true is not 1, and 1 is 1 however it is written.
 * @param {Json} one @param {Json} other @returns {boolean} */
export function equal(one, other) {
  if (one === other) return true
  if (typeof one === "bigint" || typeof other === "bigint") return isNumber(one, other)
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length
      && one.every((value, index) => equal(value, other[index]))
  }
  if (!isObject(one) || !isObject(other)) return false
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length
    && keys.every(key => Object.hasOwn(other, key) && equal(one[key], other[key]))
}

/** @param {Json} one @param {Json} other @returns {boolean} */
function isNumber(one, other) {
  const numeric = [one, other].every(v => typeof v === "bigint" || typeof v === "number")
  return numeric && one == other
}

/** Whether a value of an input is a link: `[id, output]`.
 * @param {Json} value @returns {value is Link} */
export function isLink(value) {
  return Array.isArray(value) && value.length === 2
    && typeof value[0] === "string" && Number.isInteger(value[1])
}
