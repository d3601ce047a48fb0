// @ts-check
/** Ops for links: made, cut, led through a node, bent by reroutes. Pure; knows no specs. */

/** @import {Canvas, Graph, Json, Link, Op, Reroute, Subgraph, Where} from "../types.js" */

import {newId} from "./ids.js"
import {OUT, canvasOf, pathOf, splitKey} from "./paths.js"
import {isLink, own} from "./values.js"

/** Ops that give an input its value; what a hand has set lies under a link, not lost.
 * @param {Graph} graph @param {Where} where @param {Link} link @param {string} id
 * @param {string} input  of the node; of "@out": the name of what the subgraph gives
 * @returns {Op[]} */
export function connect(graph, where, link, id, input) {
  if (id === OUT) return [output(graph, where, input, link)]
  const node = own(canvasOf(graph, where).nodes, id)
  const held = own(node?.inputs, input)
  /** @type {Op} */
  const op = {op: "set", path: pathOf(...where, "nodes", id, "inputs", input), value: link}
  if (held === undefined || isLink(held)) return [op]
  return [{op: "set", path: pathOf(...where, "nodes", id, "under", input), value: held}, op]
}

/** Ops that cut an input's link. What lay under it counts again, else `fallback`, if there is one.
 * @param {Graph} graph @param {Where} where @param {string} id @param {string} input
 * @param {Json} [fallback] @returns {Op[]} */
export function disconnect(graph, where, id, input, fallback) {
  if (!sourceOf(graph, where, id, input)) return []
  const cut = id === OUT
    ? [output(graph, where, input, undefined)] : loosened(graph, where, id, input, fallback)
  return [...cut, ...straightened(graph, where, id, input)]
}

/** As `disconnect`, of a node, without a thought of the link's reroutes.
 * @param {Graph} graph @param {Where} where @param {string} id @param {string} input
 * @param {Json} fallback @returns {Op[]} */
export function loosened(graph, where, id, input, fallback) {
  const node = own(canvasOf(graph, where).nodes, id)
  const path = pathOf(...where, "nodes", id, "inputs", input)
  const under = own(node?.under, input)
  const value = under ?? fallback
  /** @type {Op[]} */
  const ops = [value === undefined ? gone(path) : {op: "set", path, value}]
  return under === undefined ? ops : [...ops, gone(pathOf(...where, "nodes", id, "under", input))]
}

/** Ops that put a node into a link: it takes what the link gave, and gives on.
 * @param {Graph} graph @param {Where} where @param {string} key  the link's, "NODE/INPUT"
 * @param {string} id @param {string} input  that takes
 * @param {number} index  of the output that gives
 * @returns {Op[]} */
export function insertIntoLink(graph, where, key, id, input, index) {
  const [end, name] = splitKey(key)
  const source = sourceOf(graph, where, end, name)
  if (!source) return []
  return [
    ...connect(graph, where, source, id, input),
    ...connect(graph, where, [id, index], end, name),
  ]
}

/** What a link's end is fed by; undefined for no link.
 * @param {Graph} graph @param {Where} where @param {string} id @param {string} input
 * @returns {Link | undefined} */
function sourceOf(graph, where, id, input) {
  const canvas = canvasOf(graph, where)
  const value = id === OUT
    ? /** @type {Subgraph} */ (canvas).outputs?.find(({name}) => name === input)?.from
    : own(own(canvas.nodes, id)?.inputs, input)
  return isLink(value) ? value : undefined
}

/** All links of a canvas: where each comes from and ends.
 * @param {Canvas} canvas @returns {{from: Link, id: string, input: string}[]} */
export function linksOf(canvas) {
  const found = []
  for (const [id, node] of Object.entries(canvas.nodes ?? {})) {
    for (const [input, from] of Object.entries(node.inputs ?? {})) {
      if (isLink(from)) found.push({from, id, input})
    }
  }
  for (const {name, from} of /** @type {Subgraph} */ (canvas).outputs ?? []) {
    if (isLink(from)) found.push({from, id: OUT, input: name})
  }
  return found
}

/** @param {Graph} graph @param {Where} where @param {string} name @param {Link | undefined} link
 * @returns {Op} */
function output(graph, where, name, link) {
  const {outputs = []} = /** @type {Subgraph} */ (canvasOf(graph, where))
  const at = outputs.findIndex(port => port.name === name)
  const value = outputs.map((port, index) => {
    const {from, ...rest} = port
    if (index !== at) return port
    return link ? {...rest, from: link} : rest
  })
  return {op: "set", path: pathOf(...where, "outputs"), value}
}

// Reroutes

/** The reroutes of a link in the order in which it passes them; those that hang on nothing first.
 * @param {Canvas} canvas @param {string} key  the link's @returns {string[]} */
export function chainOf(canvas, key) {
  const mine = Object.entries(canvas.reroutes ?? {}).filter(([, reroute]) => reroute.input === key)
  const byNext = new Map(mine.map(([id, {before}]) => [before ?? null, id]))
  /** @type {string[]} */
  const chain = []
  for (let at = byNext.get(null); at !== undefined && !chain.includes(at); at = byNext.get(at)) {
    chain.unshift(at)
  }
  return [...mine.map(([id]) => id).filter(id => !chain.includes(id)), ...chain]
}

/** Ops that bend a link: a new reroute at a place.
 * @param {Graph} graph @param {Where} where @param {string} key  the link's
 * @param {number} index  which of its spans, 0 for the one behind its start
 * @param {[number, number]} place @returns {Op[]} */
export function reroute(graph, where, key, index, place) {
  const canvas = canvasOf(graph, where)
  const chain = chainOf(canvas, key)
  const id = newId(canvas.reroutes)
  /** @type {Reroute} */
  const value = {input: key, place, before: chain[index] ?? null}
  /** @type {Op[]} */
  const ops = [{op: "add", path: pathOf(...where, "reroutes", id), value}]
  const previous = index > 0 ? chain[index - 1] : undefined
  return previous === undefined ? ops : [...ops, led(where, previous, id)]
}

/** Ops that take reroutes out; those before them lead on to what comes behind.
 * @param {Graph} graph @param {Where} where @param {Set<string>} ids @returns {Op[]} */
export function unbend(graph, where, ids) {
  const canvas = canvasOf(graph, where)
  const all = canvas.reroutes ?? {}
  const keys = new Set([...ids].flatMap(id => own(all, id)?.input ?? []))
  /** @type {Op[]} */
  const ops = []
  for (const key of keys) {
    const kept = chainOf(canvas, key).filter(id => !ids.has(id))
    kept.forEach((id, at) => {
      const before = kept[at + 1] ?? null
      if ((all[id].before ?? null) !== before) ops.push(led(where, id, before))
    })
  }
  const there = [...ids].filter(id => Object.hasOwn(all, id))
  return [...ops, ...there.map(id => gone(pathOf(...where, "reroutes", id)))]
}

/** Ops that take a link's reroutes out with it.
 * @param {Graph} graph @param {Where} where @param {string} id @param {string} input
 * @returns {Op[]} */
export function straightened(graph, where, id, input) {
  const canvas = canvasOf(graph, where)
  if (!canvas.reroutes) return []
  return unbend(graph, where, new Set(chainOf(canvas, `${id}/${input}`)))
}

/** @param {Where} where @param {string} id @param {string | null} before @returns {Op} */
function led(where, id, before) {
  return {op: "set", path: pathOf(...where, "reroutes", id, "before"), value: before}
}

/** @param {string} path @returns {Op} */
export function gone(path) {
  return {op: "remove", path}
}
