// @ts-check
/** Random edits of random documents, from a seed. */

/** @import {Graph, Json, Op} from "../../../web/types.js" */

const LARGEST = 18446744073709551615n

/** Random numbers from a seed (mulberry32). */
export class Chance {
  /** @param {number} seed */
  constructor(seed) {
    this.state = seed >>> 0
  }

  /** @returns {number} at least 0, less than 1 */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** @param {number} least @param {number} most @returns {number} a whole one, both included */
  whole(least, most) {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  /** @template T @param {readonly T[]} list @returns {T} */
  of(list) {
    return list[this.whole(0, list.length - 1)]
  }

  /** @param {number} share @returns {boolean} */
  often(share) {
    return this.next() < share
  }
}

/** One to four ops; most of them fit the document, some don't.
 * @param {Chance} chance @param {Graph} graph @returns {Op[]} */
export function randomOps(chance, graph) {
  return Array.from({length: chance.whole(1, 4)}, () => randomOp(chance, graph))
}

/** @param {Chance} chance @param {Graph} graph @returns {Op} */
function randomOp(chance, graph) {
  if (chance.often(0.05)) return {op: "set", path: `extra/${chance.of("xyz".split(""))}`, value: some(chance)}
  if (chance.often(0.2)) return subgraphOp(chance, graph)
  return canvasOp(chance, graph, "")
}

/** @param {Chance} chance @param {Graph} graph @returns {Op} */
function subgraphOp(chance, graph) {
  const known = Object.keys(graph.subgraphs ?? {})
  if (!known.length || chance.often(0.2)) {
    const value = {name: "S", inputs: [], outputs: [], nodes: {a1: {class_type: "Number"}}}
    return {op: "add", path: `subgraphs/s${chance.whole(0, 3)}`, value}
  }
  const id = chance.of(known)
  if (chance.often(0.1)) return {op: "remove", path: `subgraphs/${id}`}
  if (chance.often(0.2)) return {op: "set", path: `subgraphs/${id}/name`, value: `N${chance.whole(0, 9)}`}
  return canvasOp(chance, /** @type {Json} */ (graph.subgraphs?.[id]), `subgraphs/${id}/`)
}

/** @param {Chance} chance @param {Json} canvas @param {string} before @returns {Op} */
function canvasOp(chance, canvas, before) {
  const kind = chance.of(["nodes", "nodes", "nodes", "groups", "notes", "reroutes"])
  const known = Object.keys(canvas[kind] ?? {})
  if (!known.length || chance.often(0.25)) {
    const id = `${chance.of("abcd".split(""))}${chance.whole(0, 5)}`
    const value = kind === "nodes" ? {class_type: "Number", inputs: {x: some(chance)}} : {title: id}
    return {op: "add", path: `${before}${kind}/${id}`, value}
  }
  const path = `${before}${kind}/${chance.of(known)}`
  if (chance.often(0.12)) return {op: "remove", path}
  if (kind !== "nodes") return {op: "set", path: `${path}/box`, value: [chance.whole(0, 99), 0, 9, 9]}
  if (chance.often(0.1)) return {op: "set", path: `${path}/state`, value: chance.of(["on", "muted", "odd"])}
  const field = chance.of(["inputs", "look", "after_run", "under"])
  const name = chance.of("xyz".split(""))
  if (chance.often(0.25)) return {op: "remove", path: `${path}/${field}/${name}`}
  const value = field === "after_run" ? "increment" : some(chance)
  return {op: "set", path: `${path}/${field}/${name}`, value}
}

/** @param {Chance} chance @returns {Json} */
function some(chance) {
  return chance.of([chance.whole(0, 5), "text", true, null, LARGEST, ["a1", 0], {deep: [1, {x: 2.5}]}, 0.1])
}
