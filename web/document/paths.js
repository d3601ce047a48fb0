// @ts-check
/** Paths of what can be edited: `nodes/k3f9x2ab/inputs/seed`; `~1` is a slash in a name, `~0` a
 * tilde. Knows no values. */

/** @import {Canvas, Graph, Key, Subgraph, Where} from "../types.js" */

export const RECORDS = ["nodes", "groups", "notes", "reroutes", "subgraphs"]
export const CANVAS = ["nodes", "groups", "notes", "reroutes"]
export const MAPPINGS = ["inputs", "after_run", "look", "under"]
const EXTRA = "extra"
export const INSTANCE = "subgraph/"
/** The borders of a subgraph as ends of links: what it is given, what it gives. */
export const IN = "@in"
export const OUT = "@out"
export const LONGEST = 300
const NODE = "nodes/"

/** An edit does not fit the document: `path` says where, `reason` is the key of the sentence. */
export class EditRefused extends Error {
  /** @param {string} path @param {string} reason */
  constructor(path, reason) {
    super(`${path}: ${reason}`)
    this.path = path.slice(0, LONGEST)
    this.reason = reason
  }
}

/** The parts of a path. Throws `EditRefused` where it names nothing that can be edited.
 * @param {string} path @returns {string[]} */
export function partsOf(path) {
  const parts = path.split("/").map(part => part.replaceAll("~1", "/").replaceAll("~0", "~"))
  const odd = parts.some(part => !part || part.length > LONGEST)
  if (odd) throw new EditRefused(path, "refused.part")
  if (!isPlace(inside(parts), isNested(parts))) throw new EditRefused(path, "refused.place")
  return parts
}

/** The path of these parts.
 * @param {...string} parts @returns {string} */
export function pathOf(...parts) {
  return parts.map(part => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/")
}

/** The record that a path is in: a node, group, note, reroute, or a subgraph's own fields.
 * @param {string[]} parts @returns {string[] | null} */
export function recordOf(parts) {
  if (parts[0] === EXTRA) return null
  return parts.slice(0, parts[0] === "subgraphs" && parts.length > 3 ? 4 : 2)
}

/** Whether parts name a record as a whole.
 * @param {string[]} parts @returns {boolean} */
export function isRecord(parts) {
  return recordOf(parts)?.length === parts.length
}

/** Whether an object at this place is made when something is put into it.
 * @param {string[]} parts @returns {boolean} */
export function mayBeMade(parts) {
  const [head, , field] = inside(parts)
  const length = inside(parts).length
  if (length === 1) return RECORDS.includes(head) || head === EXTRA
  return length === 3 && head === "nodes" && MAPPINGS.includes(field)
}

/** @param {string[]} parts @returns {boolean} */
function isNested(parts) {
  return parts[0] === "subgraphs" && parts.length > 2
}

/** @param {string[]} parts @returns {string[]} */
function inside(parts) {
  return isNested(parts) ? parts.slice(2) : parts
}

/** @param {string[]} parts @param {boolean} nested @returns {boolean} */
function isPlace(parts, nested) {
  const [head, , field] = parts
  const length = parts.length
  if (head === EXTRA && !nested) return length === 2
  if (CANVAS.includes(head) && length >= 2) {
    return length <= 3 || (head === "nodes" && length === 4 && MAPPINGS.includes(field))
  }
  if (nested) return length === 1 && !RECORDS.includes(head)
  return head === "subgraphs" && length === 2
}

/** The canvas at a place; an empty one where there is none (any more).
 * @param {Graph} graph @param {Where} where @returns {Canvas | Subgraph} */
export function canvasOf(graph, where) {
  if (!where.length) return graph
  const found = graph.subgraphs
  return found && Object.hasOwn(found, where[1]) ? found[where[1]] : {}
}

/** The id of the definition that an instance's type names; "" for any other type.
 * @param {string | undefined} type @returns {string} */
export function definitionOf(type) {
  return type?.startsWith(INSTANCE) ? type.slice(INSTANCE.length) : ""
}

/** Ids of the nodes among keys. @param {Iterable<Key>} keys @returns {string[]} */
export function nodesIn(keys) {
  const ids = []
  for (const key of keys) if (key.startsWith(NODE)) ids.push(key.slice(NODE.length))
  return ids
}

/** The path of a thing on a canvas: of key "nodes/ID" (ids stand in keys as they are).
 * @param {Where} where @param {Key} key @param {...string} fields @returns {string} */
export function keyPath(where, key, ...fields) {
  return pathOf(...where, ...splitKey(key), ...fields)
}

/** The two parts of a key: a thing's kind and id; of a link its node and input, which may have
 * slashes.
 * @param {Key} key @returns {[string, string]} */
export function splitKey(key) {
  const cut = key.indexOf("/")
  return [key.slice(0, cut), key.slice(cut + 1)]
}
