// @ts-check
/** The links of one canvas: who feeds whom, and the points each passes. Pure. */
/** @import {Canvas, GraphNode, Link, LinkPlace, NodePlace, Point, Reroute} from "../types.js" */

import {isLink} from "../document/values.js"
import {inputOf, outputOf} from "./layout.js"
import {linkBox, pieceBoxes} from "./route.js"

/** How long the stub of a link is whose source is gone. */
const STUB = 48

/** Pieces of a link in the index. */
const PIECE = 256

/** @typedef {{from: Link, node: string, input: string}} Wire */

export class LinkBook {
  /** @type {Map<string, Wire>} */
  wires = new Map()
  /** @type {Map<string, Set<string>>} keys of the links that leave a node */
  leaving = new Map()
  /** @type {Map<string, Set<string>>} keys of the links that enter a node */
  entering = new Map()
  /** @type {Map<string, string>} reroute to link */
  rerouted = new Map()
  /** @type {Map<string, Set<string>>} link to reroutes */
  reroutes = new Map()

  /** Take a node's inputs as they are now.
   * @param {string} id @param {[string, Link][]} links  input and source
   * @returns {{keys: Set<string>, sources: Set<string>}} links that have come, gone or changed; the
   *   nodes that they left or leave */
  setInputs(id, links) {
    /** @type {Set<string>} */
    const keys = new Set()
    /** @type {Set<string>} */
    const sources = new Set()
    const before = new Set(this.entering.get(id))
    for (const [input, from] of links) {
      const key = `${id}/${input}`
      before.delete(key)
      const had = this.wires.get(key)
      if (had && had.from[0] === from[0] && had.from[1] === from[1]) continue
      if (had) this.#remove(key, sources)
      this.#add(key, {from, node: id, input})
      keys.add(key)
      sources.add(from[0])
    }
    for (const key of before) {
      this.#remove(key, sources)
      keys.add(key)
    }
    return {keys, sources}
  }

  /** @param {string} id @param {Reroute | undefined} reroute
   * @returns {Set<string>} links it touches */
  setReroute(id, reroute) {
    /** @type {Set<string>} */
    const keys = new Set()
    const had = this.rerouted.get(id)
    if (had !== undefined) {
      keys.add(had)
      drop(this.reroutes, had, id)
      this.rerouted.delete(id)
    }
    if (reroute) {
      this.rerouted.set(id, reroute.input)
      put(this.reroutes, reroute.input, id)
      keys.add(reroute.input)
    }
    return keys
  }

  /** @param {string} id @returns {Set<number>} outputs that a link leaves from */
  usedOutputs(id) {
    /** @type {Set<number>} */
    const used = new Set()
    for (const key of this.leaving.get(id) ?? []) {
      const wire = this.wires.get(key)
      if (wire) used.add(wire.from[1])
    }
    return used
  }

  /** @param {string} id @returns {Set<string>} */
  keysOf(id) {
    return new Set([...this.entering.get(id) ?? [], ...this.leaving.get(id) ?? []])
  }

  /** The ids of a link's reroutes on the way to its input.
   * @param {string} key @param {Canvas["reroutes"]} all @returns {string[]} */
  chain(key, all) {
    const ids = this.reroutes.get(key)
    if (!ids) return []
    const next = new Map([...ids].map((id) => [all?.[id]?.before ?? null, id]))
    /** @type {string[]} */
    const chain = []
    let at = next.get(null)
    while (at !== undefined && !chain.includes(at)) {
      chain.unshift(at)
      at = next.get(at)
    }
    const loose = [...ids].filter((id) => !chain.includes(id))
    return [...loose, ...chain]
  }

  /** @param {string} key @param {Canvas["reroutes"]} all @param {Map<string, NodePlace>} nodes
   * @returns {LinkPlace | null} null without an end to draw it to */
  place(key, all, nodes) {
    const wire = this.wires.get(key)
    const end = wire && inputOf(nodes.get(wire.node), wire.input)
    if (!wire || !end) return null
    const start = outputOf(nodes.get(wire.from[0]), wire.from[1])
    const passed = this.chain(key, all).map((id) => pointOf(all?.[id]))
    const first = passed[0] ?? end
    const from = start ?? {x: first.x - STUB, y: first.y}
    const points = [from, ...passed, end].map(({x, y}) => ({x, y}))
    return {
      key, from: wire.from, node: wire.node, input: wire.input, type: start?.type ?? end.type,
      points, box: linkBox(points), broken: !start,
    }
  }

  /** @param {string} key @param {Wire} wire */
  #add(key, wire) {
    this.wires.set(key, wire)
    put(this.leaving, wire.from[0], key)
    put(this.entering, wire.node, key)
  }

  /** @param {string} key @param {Set<string>} sources */
  #remove(key, sources) {
    const wire = this.wires.get(key)
    if (!wire) return
    this.wires.delete(key)
    drop(this.leaving, wire.from[0], key)
    drop(this.entering, wire.node, key)
    sources.add(wire.from[0])
  }
}

/** The links among a node's inputs.
 * @param {GraphNode} node @returns {[string, Link][]} */
export function linksIn(node) {
  /** @type {[string, Link][]} */
  const links = []
  for (const [name, value] of Object.entries(node.inputs ?? {})) {
    if (isLink(value)) links.push([name, value])
  }
  return links
}

/** @param {LinkPlace} link */
export function boxesOf(link) {
  return pieceBoxes(link.points, PIECE)
}

/** @param {Reroute | undefined} reroute @returns {Point} */
function pointOf(reroute) {
  const [x, y] = reroute?.place ?? [0, 0]
  return {x, y}
}

/** @param {Map<string, Set<string>>} map @param {string} key @param {string} value */
function put(map, key, value) {
  const had = map.get(key)
  if (had) had.add(value)
  else map.set(key, new Set([value]))
}

/** @param {Map<string, Set<string>>} map @param {string} key @param {string} value */
function drop(map, key, value) {
  const had = map.get(key)
  if (had?.delete(value) && !had.size) map.delete(key)
}

/** @param {LinkPlace} one @param {LinkPlace} other @returns {boolean} */
export function sameLink(one, other) {
  return one.type === other.type && one.broken === other.broken
    && one.points.length === other.points.length
    && one.points.every(({x, y}, i) => x === other.points[i].x && y === other.points[i].y)
}
