// @ts-check
/** Subgraphs: made of a selection, unpacked, what they take and give. No link, no value is lost.
 *
 * Links at the border become sockets; an instance's inputs hold what goes in. Pure. */

/** @import {Canvas, Graph, GraphNode, Key, Link, Op, Specs, Subgraph, Where} from "../types.js" */
/** @import {PlaceOf} from "./lead.js" */

import {sorted} from "./changes.js"
import {newId} from "./ids.js"
import {cornerOf, led} from "./lead.js"
import {gone, linksOf} from "./links.js"
import {IN, INSTANCE, canvasOf, pathOf, splitKey} from "./paths.js"
import {freeName} from "./ports.js"
import {copy, isLink} from "./values.js"

export {unpack} from "./unpack.js"
export {
  expose, exposeOutput, hide, instancesOf, removeOutput, removeUnused, renamePort, renameSubgraph,
} from "./ports.js"

/** Sockets of a subgraph and what each is fed by; of: their indices, by source (and type).
 * @typedef {{ports: {name: string, type: string}[], sources: Link[], of: Map<string, number>}}
 *   Ports */

/** Make a subgraph of things on a canvas; its instance takes their place.
 * @param {Graph} graph @param {Where} where @param {Iterable<Key>} keys @param {Specs} specs
 * @param {string} name @param {PlaceOf} [placeOf]
 * @returns {{ops: Op[], id: string, definition: string} | null} the instance; null for no node */
export function makeSubgraph(graph, where, keys, specs, name, placeOf = () => undefined) {
  const canvas = canvasOf(graph, where)
  const chosen = sorted(keys)
  const ids = new Set(chosen.nodes.filter(id => Object.hasOwn(canvas.nodes ?? {}, id)))
  if (!ids.size) return null
  const definition = newId(graph.subgraphs)
  const id = newId(canvas.nodes)
  const inner = bodyOf(canvas, ids, chosen, placeOf)
  const incoming = portsIn(graph, inner, canvas, ids, specs)
  const outgoing = portsOut(graph, canvas, ids, specs)
  const outputs = outgoing.ports.map((port, at) => ({...port, from: outgoing.sources[at]}))
  /** @type {Subgraph} */
  const value = {name, inputs: incoming.ports, outputs, ...inner}
  const sources = incoming.ports.map((port, at) => [port.name, incoming.sources[at]])
  const place = cornerOf(canvas, ids, placeOf)
  /** @type {GraphNode} */
  const instance = {
    class_type: INSTANCE + definition,
    ...sources.length && {inputs: Object.fromEntries(sources)},
    ...place && {look: {place}},
  }
  return {
    id,
    definition,
    ops: [
      {op: "add", path: pathOf("subgraphs", definition), value},
      {op: "add", path: pathOf(...where, "nodes", id), value: instance},
      ...led(canvas, where, ids, link => [id, outgoing.of.get(keyOf(link)) ?? 0]),
      ...emptied(where, inner, ids),
    ],
  }
}

/** @param {Canvas} canvas @param {Set<string>} ids @param {ReturnType<typeof sorted>} chosen
 * @param {PlaceOf} placeOf @returns {Canvas} */
function bodyOf(canvas, ids, chosen, placeOf) {
  const bends = Object.entries(canvas.reroutes ?? {})
    .filter(([, {input}]) => ids.has(splitKey(input)[0]))
  /** @type {Object<string, GraphNode>} */
  const nodes = {}
  for (const id of ids) {
    const node = copy(/** @type {Object<string, GraphNode>} */ (canvas.nodes)[id])
    const place = node.look?.place ?? placeOf(id)
    nodes[id] = place ? {...node, look: {...node.look, place}} : node
  }
  const groups = chosen.groups.filter(id => Object.hasOwn(canvas.groups ?? {}, id))
  const notes = chosen.notes.filter(id => Object.hasOwn(canvas.notes ?? {}, id))
  return {
    nodes,
    ...groups.length && {groups: copy(some(canvas.groups, groups))},
    ...notes.length && {notes: copy(some(canvas.notes, notes))},
    ...bends.length && {reroutes: copy(Object.fromEntries(bends))},
  }
}

/** Lead the links from outside to ports, one for each source and type.
 * @param {Graph} graph @param {Canvas} inner  changed @param {Canvas} canvas
 * @param {Set<string>} ids
 * @param {Specs} specs @returns {Ports} */
function portsIn(graph, inner, canvas, ids, specs) {
  /** @type {Ports} */
  const found = {ports: [], sources: [], of: new Map()}
  for (const [id, node] of Object.entries(inner.nodes ?? {})) {
    const spec = specs.of(/** @type {Object<string, GraphNode>} */ (canvas.nodes)[id], graph)
    for (const [name, link] of Object.entries(node.inputs ?? {})) {
      if (!isLink(link) || ids.has(link[0])) continue
      const type = spec.inputs.find(input => input.name === name)?.type ?? "*"
      const index = port(found, link, name, type, `${keyOf(link)} ${type}`)
      Object.assign(node.inputs ?? {}, {[name]: [IN, index]})
    }
  }
  return found
}

/** @param {Graph} graph @param {Canvas} canvas @param {Set<string>} ids @param {Specs} specs
 * @returns {Ports} */
function portsOut(graph, canvas, ids, specs) {
  /** @type {Ports} */
  const found = {ports: [], sources: [], of: new Map()}
  for (const {from, id} of linksOf(canvas)) {
    if (!ids.has(from[0]) || ids.has(id)) continue
    const node = /** @type {Object<string, GraphNode>} */ (canvas.nodes)[from[0]]
    const output = specs.of(node, graph).outputs[from[1]]
    port(found, from, output?.name || "out", output?.type ?? "*", keyOf(from))
  }
  return found
}

/** The port of a source. @param {Ports} found @param {Link} link @param {string} name
 * @param {string} type @param {string} key @returns {number} */
function port(found, link, name, type, key) {
  const known = found.of.get(key)
  if (known !== undefined) return known
  found.ports.push({name: freeName(found.ports, name), type})
  found.sources.push([link[0], link[1]])
  found.of.set(key, found.ports.length - 1)
  return found.ports.length - 1
}

/** Ops that take out what has gone into a subgraph.
 * @param {Where} where @param {Canvas} inner @param {Set<string>} ids
 * @returns {Op[]} */
function emptied(where, inner, ids) {
  const kinds = /** @type {const} */ (["reroutes", "groups", "notes"])
  return [
    ...[...ids].map(id => gone(pathOf(...where, "nodes", id))),
    ...kinds.flatMap(kind =>
      Object.keys(inner[kind] ?? {}).map(id => gone(pathOf(...where, kind, id)))),
  ]
}

/** @param {Link} link @returns {string} */
function keyOf([id, index]) {
  return `${id}/${index}`
}

/** @template T @param {Object<string, T> | undefined} from @param {string[]} ids
 * @returns {Object<string, T>} */
function some(from, ids) {
  return Object.fromEntries(ids.map(id => [id, /** @type {Object<string, T>} */ (from)[id]]))
}
