// @ts-check
/** Copies of things as a document of their own, and ops that put such a document in. Pure: text
 * becomes JSON and JSON becomes text in net/json.js. */

/** @import {Canvas, Graph, GraphNode, Json, Key, Link, Op, Subgraph, Where} from "../types.js" */

import {newId} from "./ids.js"
import {sorted} from "./changes.js"
import {IN, INSTANCE, canvasOf, definitionOf, pathOf, splitKey} from "./paths.js"
import {copy, equal, isLink, isObject, own} from "./values.js"

/** links: those to nodes that are not copied are kept, where such nodes are there.
 * @typedef {{by?: [number, number], at?: [number, number], links?: boolean}} Pasting
 *   by: how far it is moved; at: where its top left comes to lie */
/** @typedef {{ops: Op[], keys: Key[]}} Pasted  keys: of what was put in */

/** Things as a document of their own, with the subgraphs that they need.
 * @param {Graph} graph @param {Where} where @param {Iterable<Key>} keys
 * @param {(id: string) => [number, number] | undefined} [placeOf]  of a node whose file has none
 * @returns {Graph} */
export function copied(graph, where, keys, placeOf = () => undefined) {
  const canvas = canvasOf(graph, where)
  const chosen = sorted(keys)
  /** @type {Graph} */
  const made = {format: "easel/1", nodes: copy(picked(canvas.nodes, chosen.nodes))}
  for (const [id, node] of Object.entries(made.nodes ?? {})) {
    const place = node.look?.place ?? placeOf(id)
    if (place) node.look = {...node.look, place}
  }
  for (const kind of /** @type {const} */ (["groups", "notes"])) {
    /** @type {Object<string, Json> | undefined} */
    const all = canvas[kind]
    if (chosen[kind].length) Object.assign(made, {[kind]: copy(picked(all, chosen[kind]))})
  }
  const bends = Object.entries(canvas.reroutes ?? {})
    .filter(([, {input}]) => Object.hasOwn(made.nodes ?? {}, splitKey(input)[0]))
  if (bends.length) made.reroutes = copy(Object.fromEntries(bends))
  const needed = definitionsFor(graph, made.nodes ?? {})
  if (needed.length) made.subgraphs = copy(picked(graph.subgraphs, needed))
  return made
}

/** A copy of things beside them, on the same canvas.
 * @param {Graph} graph @param {Where} where @param {Iterable<Key>} keys
 * @param {[number, number]} by
 * @param {{links?: boolean, placeOf?: (id: string) => [number, number] | undefined}} [options]
 *   links: the copies are fed by what feeds the originals @returns {Pasted} */
export function duplicate(graph, where, keys, by, {links = true, placeOf} = {}) {
  return pasted(graph, where, copied(graph, where, keys, placeOf), {by, links})
}

/** What a JSON value from a clipboard or a file holds: easel/1, or ComfyUI's API form; null if it
 * must be converted first, or is no workflow.
 * @param {Json} value @returns {Graph | null} */
export function graphOf(value) {
  if (!isObject(value)) return null
  if (value.format === "easel/1") return /** @type {Graph} */ (value)
  const entries = Object.entries(value)
  const isApi = entries.length > 0
    && entries.every(([, node]) => isObject(node) && typeof node.class_type === "string")
  if (!isApi) return null
  const nodes = entries.map(([id, node]) => [id, fromApi(node)])
  return {format: "easel/1", nodes: Object.fromEntries(nodes)}
}

/** @param {Json} node @returns {GraphNode} */
function fromApi({_meta: meta, class_type: type, inputs = {}}) {
  const title = isObject(meta) ? meta.title : undefined
  return {class_type: type, inputs, ...title && title !== type && {look: {title}}}
}

/** Ops that put a document's things on a canvas, with new ids.
 * @param {Graph} graph @param {Where} where @param {Graph} clip @param {Pasting} [options]
 * @returns {Pasted} */
export function pasted(graph, where, clip, {by, at, links = false} = {}) {
  const canvas = canvasOf(graph, where)
  const definitions = taken(graph, where, clip)
  const ids = renamed(canvas.nodes, clip.nodes)
  const bends = renamed(canvas.reroutes, clip.reroutes)
  const [dx, dy] = by ?? offset(clip, at)
  /** @type {Key[]} */
  const keys = []
  /** @type {Op[]} */
  const ops = definitions.ops
  /** @param {"nodes" | "groups" | "notes" | "reroutes"} kind @param {string} id
   * @param {Json} value */
  const add = (kind, id, value) => {
    ops.push({op: "add", path: pathOf(...where, kind, id), value})
    if (kind !== "reroutes") keys.push(`${kind}/${id}`)
  }
  const kept = links ? canvas : null
  for (const [id, node] of Object.entries(clip.nodes ?? {})) {
    add("nodes", ids.get(id) ?? id, placed(relinked(node, ids, kept, definitions.ids), dx, dy))
  }
  for (const kind of /** @type {const} */ (["groups", "notes"])) {
    const fresh = renamed(canvas[kind], clip[kind])
    for (const [id, thing] of Object.entries(clip[kind] ?? {})) {
      const [x = 0, y = 0, w = 200, h = 100] = thing.box ?? []
      add(kind, fresh.get(id) ?? id, {...thing, box: [x + dx, y + dy, w, h]})
    }
  }
  for (const [id, bend] of Object.entries(clip.reroutes ?? {})) {
    const [end, input] = splitKey(bend.input)
    const [x = 0, y = 0] = bend.place ?? []
    const before = bend.before === null ? null : bends.get(bend.before) ?? null
    const found = ids.get(end)
    if (found === undefined) continue
    const value = {...bend, input: `${found}/${input}`, place: [x + dx, y + dy], before}
    add("reroutes", bends.get(id) ?? id, value)
  }
  return {ops, keys}
}

/** New ids for the things of a clip.
 * @param {Object<string, unknown> | undefined} there
 * @param {Object<string, unknown> | undefined} clip
 * @returns {Map<string, string>} */
function renamed(there, clip) {
  const known = new Set([...Object.keys(there ?? {}), ...Object.keys(clip ?? {})])
  return new Map(Object.keys(clip ?? {}).map(id => {
    const fresh = newId(known)
    known.add(fresh)
    return [id, fresh]
  }))
}

/** A node with its links led to the copies. A link to what is not there goes.
 * @param {GraphNode} node @param {Map<string, string>} ids @param {Canvas | null} kept
 * @param {Map<string, string>} definitions @returns {GraphNode} */
function relinked(node, ids, kept, definitions) {
  const made = copy(node)
  for (const [name, value] of Object.entries(made.inputs ?? {})) {
    if (!isLink(value)) continue
    const found = ids.get(value[0])
    if (found !== undefined) value[0] = found
    else if (!kept || !isThere(kept, value)) loosen(made, name)
  }
  if (made.inputs && !Object.keys(made.inputs).length) delete made.inputs
  if (made.under && !Object.keys(made.under).length) delete made.under
  made.class_type = typeNamed(made.class_type, definitions)
  return made
}

/** @param {Canvas} canvas @param {Link} link @returns {boolean} */
function isThere(canvas, [id, index]) {
  if (id !== IN) return Object.hasOwn(canvas.nodes ?? {}, id)
  return index < (/** @type {Subgraph} */ (canvas).inputs?.length ?? 0)
}

/** @param {GraphNode} node @param {string} name */
function loosen(node, name) {
  const under = own(node.under, name)
  const inputs = node.inputs ?? {}
  if (under === undefined) delete inputs[name]
  else inputs[name] = under
  delete node.under?.[name]
}

/** @param {string} type @param {Map<string, string>} definitions @returns {string} */
function typeNamed(type, definitions) {
  const id = definitionOf(type)
  return id ? INSTANCE + (definitions.get(id) ?? id) : type
}

/** @param {GraphNode} node @param {number} dx @param {number} dy @returns {GraphNode} */
function placed(node, dx, dy) {
  const place = node.look?.place
  if (!place) return node
  return {...node, look: {...node.look, place: [place[0] + dx, place[1] + dy]}}
}

/** @param {Graph} clip @param {[number, number] | undefined} at @returns {[number, number]} */
function offset(clip, at) {
  if (!at) return [0, 0]
  const others = [...Object.values(clip.groups ?? {}), ...Object.values(clip.notes ?? {})]
  const places = [
    ...Object.values(clip.nodes ?? {}).map(node => node.look?.place),
    ...others.map(({box}) => box),
  ].filter(place => place !== undefined)
  if (!places.length) return at
  const [left, top] = [0, 1].map(axis => Math.min(...places.map(place => place[axis])))
  return [Math.round(at[0] - left), Math.round(at[1] - top)]
}

// Subgraphs that come along

/** The definitions that nodes need, directly or by others.
 * @param {Graph} graph @param {Object<string, GraphNode>} nodes @returns {string[]} */
export function definitionsFor(graph, nodes) {
  /** @type {Set<string>} */
  const found = new Set()
  const waiting = [nodes]
  for (let some = waiting.pop(); some; some = waiting.pop()) {
    for (const {class_type: type} of Object.values(some)) {
      const id = definitionOf(type)
      const definition = found.has(id) ? undefined : own(graph.subgraphs, id)
      if (!definition) continue
      found.add(id)
      waiting.push(definition.nodes ?? {})
    }
  }
  return [...found]
}

/** Ops that add the definitions of a clip that are not here as they are there, and the ids by which
 * its instances name them. One that would contain itself gets a new id too.
 * @param {Graph} graph @param {Where} where @param {Graph} clip
 * @returns {{ops: Op[], ids: Map<string, string>}} */
function taken(graph, where, clip) {
  const all = clip.subgraphs ?? {}
  const there = graph.subgraphs ?? {}
  const holds = where.length ? where[1] : undefined
  const changed = new Set(Object.keys(all).filter(id =>
    Object.hasOwn(there, id) && (!equal(there[id], all[id]) || id === holds)))
  for (let grown = true; grown;) {
    const more = Object.keys(all).filter(id => !changed.has(id) && Object.hasOwn(there, id)
      && definitionsFor(clip, all[id].nodes ?? {}).some(one => changed.has(one)))
    for (const id of more) changed.add(id)
    grown = more.length > 0
  }
  const known = new Set([...Object.keys(there), ...Object.keys(all)])
  const ids = new Map(Object.keys(all).map(id => [id, changed.has(id) ? newId(known) : id]))
  const fresh = Object.entries(all).filter(([id]) => changed.has(id) || !Object.hasOwn(there, id))
  /** @type {Op[]} */
  const ops = fresh.map(([id, definition]) => {
    const value = withTypes(definition, ids)
    return {op: "add", path: pathOf("subgraphs", ids.get(id) ?? id), value}
  })
  return {ops, ids}
}

/** @param {Subgraph} definition @param {Map<string, string>} ids @returns {Subgraph} */
function withTypes(definition, ids) {
  const made = copy(definition)
  for (const node of Object.values(made.nodes ?? {})) {
    node.class_type = typeNamed(node.class_type, ids)
  }
  return made
}

/** @template T @param {Object<string, T> | undefined} from @param {string[]} ids
 * @returns {Object<string, T>} */
function picked(from, ids) {
  const there = ids.filter(id => Object.hasOwn(from ?? {}, id))
  return Object.fromEntries(there.map(id => [id, /** @type {Object<string, T>} */ (from)[id]]))
}
