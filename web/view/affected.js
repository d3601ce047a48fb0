// @ts-check
/** Which things of one canvas a change of the document may have moved or altered. Pure. */
/** @import {Change, Key, Where} from "../types.js" */

import {IN, INSTANCE, OUT} from "../document/paths.js"

/** whole: everything may be another; nodes: ids; moved: ids of those of which only the place is
 * another; others: keys of groups, notes and reroutes.
 * @typedef {{whole: boolean, nodes: Set<string>, moved: Set<string>, others: Set<Key>}} Affected */

const OTHERS = new Set(["groups", "notes", "reroutes"])

/** @param {Change} change @param {Where} where  the canvas
 * @param {(type: string) => Iterable<string>} ofType  ids of the nodes of a class type
 * @returns {Affected} */
export function affected(change, where, ofType) {
  /** @type {Affected} */
  const found = {whole: change.whole, nodes: new Set(), moved: new Set(), others: new Set()}
  for (const path of change.paths) {
    if (path[0] === "subgraphs") for (const id of ofType(INSTANCE + path[1])) found.nodes.add(id)
    if (where.every((part, i) => path[i] === part)) take(path.slice(where.length), found)
  }
  return found
}

/** @param {string[]} path  within the canvas @param {Affected} found */
function take([kind, id, field, name], found) {
  if (kind === "inputs" || kind === "outputs") {
    found.nodes.add(IN)
    found.nodes.add(OUT)
  } else if (kind === undefined || ((kind === "nodes" || OTHERS.has(kind)) && id === undefined)) {
    found.whole = true
  } else if (kind === "nodes") {
    const own = field === "look" && name === "place" ? found.moved : found.nodes
    own.add(id)
  } else if (OTHERS.has(kind)) {
    found.others.add(`${kind}/${id}`)
  }
}
