// @ts-check
/** What a node, group, note, reroute or subgraph must be for a file that holds it to be read.
 * Knows no node types; says what `engine/graph/files.py` says. */

/** @import {Json} from "../types.js" */

import {CANVAS, EditRefused, MAPPINGS} from "./paths.js"
import {isObject} from "./values.js"

const STATES = ["on", "muted", "bypassed"]
const DEEPEST = 90  // levels of one value; a document may have a hundred

/** See that a value can stand in JSON. Throws `EditRefused` at `path`.
 * @param {string} path @param {Json} value @param {number} [depth] */
export function checkValue(path, value, depth = 0) {
  if (depth > DEEPEST) throw new EditRefused(path, "refused.deep")
  const infinite = typeof value === "number" && !Number.isFinite(value)
  if (infinite) throw new EditRefused(path, "refused.finite")
  if (value === undefined) throw new EditRefused(path, "refused.value")
  if (typeof value !== "object" || value === null) return
  const inner = Array.isArray(value) ? value : Object.values(value)
  for (const item of inner) checkValue(path, item, depth + 1)
}

/** See that a record can be read. Throws `EditRefused` at `path`.
 * @param {string} path @param {string[]} record @param {Json} value */
export function checkRecord(path, record, value) {
  const fits = record[0] === "subgraphs" && record.length === 2
    ? isSubgraph(value)
    : record[record.length - 2] === "nodes" ? isNode(value) : isObject(value)
  if (!fits) throw new EditRefused(path, "refused.shape")
}

/** @param {Json} value @returns {boolean} */
function isNode(value) {
  if (!isObject(value)) return false
  const {class_type: type, state = "on", after_run: after = {}} = value
  return STATES.includes(state) && (!type || typeof type === "string")
    && MAPPINGS.every(field => value[field] === undefined || isObject(value[field]))
    && Object.values(after).every(mode => typeof mode === "string")
}

/** @param {Json} value @returns {boolean} */
function isSubgraph(value) {
  if (!isObject(value)) return false
  const {name = "", inputs = [], outputs = [], nodes = {}} = value
  return typeof name === "string" && arePorts(inputs) && arePorts(outputs)
    && CANVAS.every(field => value[field] === undefined || areObjects(value[field]))
    && Object.values(nodes).every(isNode)
}

/** @param {Json} value @returns {boolean} */
function areObjects(value) {
  return isObject(value) && Object.values(value).every(isObject)
}

/** @param {Json} value @returns {boolean} */
function arePorts(value) {
  return Array.isArray(value) && value.every(port => {
    if (!isObject(port)) return false
    const {name = "", type = "*"} = port
    return typeof name === "string" && typeof type === "string"
  })
}
