// @ts-check
/** What is wrong with nodes, as the server says it in its several ways, read into one. Pure. */

/** @import {Json, NodeError} from "../types.js" */

import {outerOf} from "./nodes.js"

/** @typedef {{node: string, problem: NodeError}} Found */

/** What is wrong with the nodes of one document; an instance has what is wrong inside it. */
export class Problems {
  /** @type {Map<string, NodeError[]>} */
  #byNode = new Map()

  /** @param {Found[]} found */
  constructor(found) {
    this.found = found
    for (const {node, problem} of found) {
      for (const id of [node, ...outerOf(node)]) {
        this.#byNode.set(id, [...this.#byNode.get(id) ?? [], problem])
      }
    }
  }

  /** @param {string} node @returns {NodeError[]} */
  of(node) {
    return this.#byNode.get(node) ?? []
  }
}

/** What a check of the document found (`problems`).
 * @param {Json} items @returns {Found[]} */
export function checked(items) {
  const found = Array.isArray(items) ? items : []
  return found.map(item => ({
    node: String(item.node ?? ""),
    problem: problem(item.type, item.message, item.text, item.input),
  }))
}

/** Why a run was refused (`queued` without a job).
 * @param {Json} data @returns {Found[]} */
export function refusals(data) {
  const nodes = Object.entries(data.node_errors ?? {})
  const found = nodes.flatMap(([node, {errors = []}]) => errors.map((/** @type {Json} */ error) => {
    const text = [error.message, error.details].filter(Boolean).join(" ")
    return {node, problem: problem(error.type, error.message, text, error.extra_info?.input_name)}
  }))
  if (found.length || !data.error) return found
  const {type, message, details, extra_info: more} = data.error
  const text = [message, details].filter(Boolean).join(" ")
  return [{node: String(more?.node_id ?? ""), problem: problem(type, message, text)}]
}

/** Why a node failed (`execution_error`).
 * @param {Json} data @returns {NodeError} */
export function failure(data) {
  const message = String(data.exception_message ?? "").trim()
  const lines = Array.isArray(data.traceback) ? data.traceback.map(String) : []
  const type = String(data.exception_type ?? "error")
  return {type, message, text: message || type, traceback: lines}
}

/** @param {Json} type @param {Json} message @param {Json} text @param {Json} [input]
 * @returns {NodeError} */
function problem(type, message, text, input) {
  /** @type {NodeError} */
  const made = {type: String(type ?? ""), message: String(message ?? ""), text: String(text ?? "")}
  return input ? {...made, input: String(input)} : made
}
