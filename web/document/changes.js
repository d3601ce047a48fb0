// @ts-check
/** Ops for the everyday: add, remove, mute, name, group. Each is what one gesture does. Pure. */

/** @import {Box, Canvas, Graph, GraphNode, Group, Json, Key, Look, NodeSpec, Note, Op, Specs,
 *   State, Subgraph, Where} from "../types.js" */

import {newId} from "./ids.js"
import {connect, gone, linksOf, loosened, unbend} from "./links.js"
import {OUT, canvasOf, keyPath, pathOf, splitKey} from "./paths.js"
import {equal, own} from "./values.js"

export {connect, disconnect, insertIntoLink, reroute} from "./links.js"

const AFTER_RUN = "randomize"  // what a seed does that nobody has told otherwise
const GROUP_PADDING = 24
const GROUP_HEADER = 34

/** A node of a type with its defaults.
 * @param {NodeSpec} spec @param {[number, number]} place @returns {GraphNode} */
function newNode(spec, place) {
  const widgets = spec.inputs.filter(({widget, fallback}) => widget && fallback !== undefined)
  const controlled = spec.inputs.filter(({widget, control}) => widget && control)
  return {
    class_type: spec.name,
    ...widgets.length && {inputs: Object.fromEntries(widgets.map(valueOf))},
    ...controlled.length && {after_run: afterRun(controlled.map(({name}) => name))},
    look: {place},
  }
}

/** @param {string[]} names @returns {Object<string, string>} */
function afterRun(names) {
  return Object.fromEntries(names.map(name => [name, AFTER_RUN]))
}

/** A list is wrapped, or it would be read as a link.
 * @param {{name: string, fallback: Json}} input @returns {[string, Json]} */
function valueOf({name, fallback}) {
  return [name, Array.isArray(fallback) ? {__value__: fallback} : fallback]
}

/** Add a node, linked to a socket if one is given (the first of its sockets that fits).
 * @param {Graph} graph @param {Where} where @param {NodeSpec} spec @param {[number, number]} place
 * @param {{side: "in" | "out", node: string, name: string, index: number, type: string}} [socket]
 * @param {Specs} [specs] @returns {{id: string, ops: Op[]}} */
export function addNode(graph, where, spec, place, socket, specs) {
  const id = newId(canvasOf(graph, where).nodes)
  const value = newNode(spec, place)
  /** @type {Op[]} */
  const ops = [{op: "add", path: pathOf(...where, "nodes", id), value}]
  if (!socket || !specs) return {id, ops}
  if (socket.side === "in") {
    const index = best(spec.outputs, socket.type, type => specs.fits(type, socket.type))
    if (index >= 0) ops.push(...connect(graph, where, [id, index], socket.node, socket.name))
    return {id, ops}
  }
  const input = spec.inputs[best(spec.inputs, socket.type, type => specs.fits(socket.type, type))]
  if (!input) return {id, ops}
  const under = own(value.inputs, input.name)
  if (under !== undefined) value.under = {[input.name]: under}
  value.inputs = {...value.inputs, [input.name]: [socket.node, socket.index]}
  return {id, ops}
}

/** The first of exactly that type, else the first that fits; -1 for none.
 * @param {{type: string}[]} sockets @param {string} type @param {(type: string) => boolean} fits
 * @returns {number} */
function best(sockets, type, fits) {
  const exact = sockets.findIndex(socket => socket.type === type)
  return exact >= 0 ? exact : sockets.findIndex(socket => fits(socket.type))
}

/** Take things out. Links from them go, what lay under those counts again; reroutes let the link
 * run on.
 * @param {Graph} graph @param {Where} where @param {Iterable<Key>} keys
 * @param {Specs} [specs]  for the values of widgets that have none of their own @returns {Op[]} */
export function removeKeys(graph, where, keys, specs) {
  const canvas = canvasOf(graph, where)
  const chosen = sorted(keys)
  const nodes = new Set(chosen.nodes.filter(id => Object.hasOwn(canvas.nodes ?? {}, id)))
  const cut = linksOf(canvas).filter(({from}) => nodes.has(from[0]))
  const bent = new Set(chosen.reroutes)
  for (const [id, {input}] of Object.entries(canvas.reroutes ?? {})) {
    const [end] = input.split("/")
    if (nodes.has(end) || cut.some(link => `${link.id}/${link.input}` === input)) bent.add(id)
  }
  const open = cut.filter(({id}) => !nodes.has(id) && id !== OUT)
  return [
    ...unbend(graph, where, bent),
    ...open.flatMap(({id, input}) =>
      loosened(graph, where, id, input, fallbackOf(graph, where, id, input, specs))),
    ...cut.some(({id}) => id === OUT) ? [outputsWithout(canvas, where, nodes)] : [],
    ...[...nodes].map(id => gone(pathOf(...where, "nodes", id))),
    ...records(canvas, where, "groups", chosen.groups),
    ...records(canvas, where, "notes", chosen.notes),
  ]
}

/** @param {Canvas} canvas @param {Where} where @param {Set<string>} nodes @returns {Op} */
function outputsWithout(canvas, where, nodes) {
  const value = /** @type {Subgraph} */ (canvas).outputs.map(port => {
    const {from, ...rest} = port
    return from && nodes.has(from[0]) ? rest : port
  })
  return put(pathOf(...where, "outputs"), value)
}

/** What a widget shows that has no value of its own.
 * @param {Graph} graph @param {Where} where @param {string} id @param {string} input
 * @param {Specs} [specs] @returns {Json} */
export function fallbackOf(graph, where, id, input, specs) {
  const node = own(canvasOf(graph, where).nodes, id)
  const found = node && specs?.of(node, graph).inputs.find(({name}) => name === input)
  return found?.widget ? valueOf(found)[1] : undefined
}

/** @param {Canvas} canvas @param {Where} where @param {"groups" | "notes"} kind
 * @param {string[]} ids @returns {Op[]} */
function records(canvas, where, kind, ids) {
  const there = ids.filter(id => Object.hasOwn(canvas[kind] ?? {}, id))
  return there.map(id => gone(pathOf(...where, kind, id)))
}

/** Ids by kind.
 * @param {Iterable<Key>} keys
 * @returns {{nodes: string[], groups: string[], notes: string[], reroutes: string[]}} */
export function sorted(keys) {
  /** @type {{nodes: string[], groups: string[], notes: string[], reroutes: string[]}} */
  const found = {nodes: [], groups: [], notes: [], reroutes: []}
  for (const [kind, id] of [...new Set(keys)].map(splitKey)) {
    if (Object.hasOwn(found, kind)) found[/** @type {"nodes"} */ (kind)].push(id)
  }
  return found
}

// States and looks

/** Mute or bypass nodes, or turn them on again if all are in that state.
 * @param {Graph} graph @param {Where} where @param {Iterable<Key>} keys @param {State} state
 * @returns {Op[]} */
export function toggleState(graph, where, keys, state) {
  const nodes = nodesOf(graph, where, keys)
  const all = nodes.every(([, node]) => (node.state ?? "on") === state)
  const wanted = all || state === "on" ? undefined : state
  return nodes.flatMap(([id, node]) => field(node, where, id, "state", wanted))
}

/** Set a look of nodes (and the colour of groups and notes); undefined takes it off.
 * @template {keyof Look} K @param {Graph} graph @param {Where} where @param {Iterable<Key>} keys
 * @param {K} name @param {Json} value @returns {Op[]} */
export function setLook(graph, where, keys, name, value) {
  const ops = nodesOf(graph, where, keys).flatMap(([id, node]) =>
    lookOf(node, where, id, String(name), value))
  return name === "colour" ? [...ops, ...coloured(graph, where, keys, value)] : ops
}

/** Collapse or pin nodes, or undo it if all are.
 * @param {Graph} graph @param {Where} where @param {Iterable<Key>} keys
 * @param {"collapsed" | "pinned"} name @returns {Op[]} */
export function toggleLook(graph, where, keys, name) {
  const nodes = nodesOf(graph, where, keys)
  const value = nodes.every(([, node]) => node.look?.[name]) ? undefined : true
  return nodes.flatMap(([id, node]) => lookOf(node, where, id, name, value))
}

/** Give a node, group or note a title (of a note: its text). An empty title is the type's own.
 * @param {Graph} graph @param {Where} where @param {Key} key @param {string} title
 * @returns {Op[]} */
export function rename(graph, where, key, title) {
  const [kind, id] = splitKey(key)
  const text = title.trim()
  if (kind === "nodes") return setLook(graph, where, [key], "title", text || undefined)
  const canvas = canvasOf(graph, where)
  if (kind === "groups" && own(canvas.groups, id)) return [put(keyPath(where, key, "title"), text)]
  if (kind === "notes" && own(canvas.notes, id)) return [put(keyPath(where, key, "text"), title)]
  return []
}

/** @param {Graph} graph @param {Where} where @param {Iterable<Key>} keys
 * @returns {[string, GraphNode][]} */
function nodesOf(graph, where, keys) {
  const {nodes} = canvasOf(graph, where)
  return sorted(keys).nodes.flatMap(id => {
    const node = own(nodes, id)
    return node ? [/** @type {[string, GraphNode]} */ ([id, node])] : []
  })
}

/** @param {GraphNode} node @param {Where} where @param {string} id @param {string} name
 * @param {Json} value @returns {Op[]} */
function lookOf(node, where, id, name, value) {
  const held = own(node.look, name)
  const path = pathOf(...where, "nodes", id, "look", name)
  if (equal(held, value)) return []
  return [value === undefined ? gone(path) : put(path, value)]
}

/** @param {GraphNode} node @param {Where} where @param {string} id @param {"state"} name
 * @param {Json} value @returns {Op[]} */
function field(node, where, id, name, value) {
  const path = pathOf(...where, "nodes", id, name)
  if (equal(node[name], value)) return []
  return [value === undefined ? gone(path) : put(path, value)]
}

/** @param {Graph} graph @param {Where} where @param {Iterable<Key>} keys @param {Json} colour
 * @returns {Op[]} */
function coloured(graph, where, keys, colour) {
  const canvas = canvasOf(graph, where)
  const chosen = sorted(keys)
  return /** @type {const} */ (["groups", "notes"]).flatMap(kind => chosen[kind].flatMap(id => {
    const held = own(canvas[kind], id)
    const path = pathOf(...where, kind, id, "colour")
    if (!held || held.colour === colour) return []
    return [colour === undefined ? gone(path) : put(path, colour)]
  }))
}

/** @param {string} path @param {Json} value @returns {Op} */
function put(path, value) {
  return {op: "set", path, value}
}

// Groups and notes

/** A group around a box.
 * @param {Graph} graph @param {Where} where @param {Box} box  of what it holds
 * @param {string} title
 * @returns {{id: string, ops: Op[]}} */
export function addGroup(graph, where, box, title) {
  const id = newId(canvasOf(graph, where).groups)
  /** @type {Group} */
  const value = {title, box: frame(box)}
  return {id, ops: [{op: "add", path: pathOf(...where, "groups", id), value}]}
}

/** The box of a group that holds what is in a box, with room for its title.
 * @param {Box} box @returns {[number, number, number, number]} */
export function frame({x, y, w, h}) {
  const [side, top] = [GROUP_PADDING, GROUP_PADDING + GROUP_HEADER]
  return [x - side, y - top, w + 2 * side, h + top + side]
}

/** @param {Graph} graph @param {Where} where @param {Box} box @param {string} text
 * @returns {{id: string, ops: Op[]}} */
export function addNote(graph, where, {x, y, w, h}, text) {
  const id = newId(canvasOf(graph, where).notes)
  /** @type {Note} */
  const value = {text, box: [x, y, w, h]}
  return {id, ops: [{op: "add", path: pathOf(...where, "notes", id), value}]}
}
