// @ts-check
import assert from "node:assert/strict"
import {test} from "node:test"
import {Seeds} from "../../../web/widgets/seeds.js"

/** A store of one document that changes when it is told to.
 * @param {any} graph @returns {any} */
function storeOf(graph) {
  /** @type {any[]} */
  const listeners = []
  return {name: "doc", graph, on: (/** @type {any} */ listener) => {
    listeners.push(listener)
    return () => listeners.splice(0)
  }, change: (/** @type {string} */ ...parts) => {
    for (const heard of listeners) heard({paths: [parts], whole: false, mine: true})
  }}
}

/** @param {any} inputs @param {any} [more] */
const graphOf = (inputs, more) =>
  ({format: "easel/1", nodes: {n: {class_type: "K", inputs, ...more}}})

test("the seeds that an input has had are kept, newest first, each once", () => {
  const store = storeOf(graphOf({seed: 1})), seeds = new Seeds()
  seeds.watch(store)
  for (const seed of [2, 18446744073709551615n, 1]) {
    store.graph.nodes.n.inputs.seed = seed
    store.change("nodes", "n", "inputs", "seed")
  }
  assert.deepEqual(seeds.of("doc", [], "n", "seed"), [1, 18446744073709551615n, 2])
  assert.deepEqual(seeds.of("other", [], "n", "seed"), [])
})

test("what changes after a run is a seed whatever its name, other numbers are none", () => {
  const store = storeOf(graphOf({value: 5, steps: 20}, {after_run: {value: "randomize"}}))
  const seeds = new Seeds()
  seeds.watch(store)
  assert.deepEqual(seeds.of("doc", [], "n", "value"), [5])
  assert.deepEqual(seeds.of("doc", [], "n", "steps"), [])
})

test("links and deleted nodes are passed over", () => {
  const store = storeOf(graphOf({seed: ["m", 0]})), seeds = new Seeds()
  seeds.watch(store)
  delete store.graph.nodes.n
  store.change("nodes", "n", "inputs", "seed")
  assert.deepEqual(seeds.of("doc", [], "n", "seed"), [])
})

test("seeds in a subgraph are its own", () => {
  const store = storeOf({format: "easel/1", nodes: {}, subgraphs: {s: graphOf({noise_seed: 3})}})
  const seeds = new Seeds()
  seeds.watch(store)
  store.graph.subgraphs.s.nodes.n.inputs.noise_seed = 4
  store.change("subgraphs", "s", "nodes", "n", "inputs", "noise_seed")
  assert.deepEqual(seeds.of("doc", ["subgraphs", "s"], "n", "noise_seed"), [4, 3])
  assert.deepEqual(seeds.of("doc", [], "n", "noise_seed"), [])
})

test("they outlive the page, and a damaged store is empty", () => {
  /** @type {Map<string, string>} */
  const held = new Map()
  const keep = {getItem: (/** @type {string} */ key) => held.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void held.set(key, value)}
  new Seeds(keep).watch(storeOf(graphOf({seed: 18446744073709551615n})))
  assert.deepEqual(new Seeds(keep).of("doc", [], "n", "seed"), [18446744073709551615n])
  held.set("easel.seeds", '[["x", [{}]], 5')
  assert.deepEqual(new Seeds(keep).of("doc", [], "n", "seed"), [])
})

test("no more than twenty of an input are kept", () => {
  const store = storeOf(graphOf({seed: 0})), seeds = new Seeds()
  seeds.watch(store)
  for (let seed = 1; seed <= 30; seed++) {
    store.graph.nodes.n.inputs.seed = seed
    store.change("nodes", "n", "inputs", "seed")
  }
  assert.equal(seeds.of("doc", [], "n", "seed").length, 20)
  assert.equal(seeds.of("doc", [], "n", "seed")[0], 30)
})
