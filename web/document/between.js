// @ts-check
/** What lies between two states of a document: in numbers, and as the ops of one edit. Pure. */

/** @import {Graph, Json, Op} from "../types.js" */

import {pathOf} from "./paths.js"
import {equal} from "./values.js"

const HOLDERS = ["subgraphs", "nodes", "groups", "notes", "reroutes", "extra"]

/** @typedef {{added: number, removed: number, changed: number}} Told  of nodes */

/** How the nodes of `then` differ from those of `now`.
 * @param {Graph} now @param {Graph} then @returns {Told} */
export function toldBetween(now, then) {
  const [ours, theirs] = [now.nodes ?? {}, then.nodes ?? {}]
  const ids = Object.keys(theirs)
  return {
    added: ids.filter(id => !Object.hasOwn(ours, id)).length,
    removed: Object.keys(ours).filter(id => !Object.hasOwn(theirs, id)).length,
    changed: ids.filter(id => Object.hasOwn(ours, id) && !equal(ours[id], theirs[id])).length,
  }
}

/** The ops that make `then` of `now`, whole records at a time.
 * @param {Graph} now @param {Graph} then @returns {Op[]} */
export function opsBetween(now, then) {
  /** @type {Op[]} */
  const gone = []
  /** @type {Op[]} */
  const come = []
  for (const holder of HOLDERS) {
    const ours = /** @type {Object<string, Json>} */ (now[/** @type {"nodes"} */ (holder)] ?? {})
    const theirs = /** @type {Object<string, Json>} */ (then[/** @type {"nodes"} */ (holder)] ?? {})
    for (const id of Object.keys(ours)) {
      if (!Object.hasOwn(theirs, id)) gone.push({op: "remove", path: pathOf(holder, id)})
    }
    for (const [id, value] of Object.entries(theirs)) {
      const path = pathOf(holder, id)
      if (!Object.hasOwn(ours, id)) come.push({op: "add", path, value})
      else if (!equal(ours[id], value)) come.push({op: "set", path, value})
    }
  }
  return [...gone.reverse(), ...come]
}
