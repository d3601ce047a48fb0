// @ts-check
/** Subgraphs: made of a selection, unpacked, and what they take and give. Undo heals each whole. */

import assert from "node:assert/strict"
import {test} from "node:test"

import {reroute} from "../../../web/document/links.js"
import {apply} from "../../../web/document/ops.js"
import {
  expose, exposeOutput, hide, makeSubgraph, removeOutput, removeUnused, renamePort, unpack,
} from "../../../web/document/subgraphs.js"
import {copy} from "../../../web/document/values.js"
import {Chance} from "./random.js"
import {randomGraph, reshaped, specs} from "./shaping.js"

/** @import {Graph, Op} from "../../../web/types.js" */

/** @returns {Graph} */
function small() {
  return {
    format: "easel/1",
    nodes: {
      a: {class_type: "Number", inputs: {value: 7}, look: {place: [0, 0]}},
      b: {class_type: "Add", inputs: {one: ["a", 0], other: ["a", 0]}, under: {one: 3}, look: {place: [300, 50]}},
      c: {class_type: "Add", inputs: {one: ["b", 0], other: 4}, look: {place: [600, 20]}},
      d: {class_type: "Show", inputs: {value: ["c", 0]}, look: {place: [900, 0]}},
      e: {class_type: "Show", inputs: {value: ["b", 0]}, look: {place: [900, 90]}},
    },
    groups: {g: {title: "G", box: [290, 0, 500, 200]}},
  }
}

/** @param {Graph} graph @param {Op[]} ops @returns {Graph} */
function after(graph, ops) {
  const made = copy(graph)
  const {undo} = apply(made, ops)
  const back = copy(made)
  apply(back, undo)
  assert.deepEqual(back, graph)
  return made
}

/** @param {Graph} graph */
function wrapped(graph) {
  const made = makeSubgraph(graph, [], ["nodes/b", "nodes/c", "groups/g"], specs, "Sum")
  assert.ok(made)
  return {...made, graph: after(graph, made.ops), where: ["subgraphs", made.definition]}
}

test("links at the border of a selection become sockets, one for each source", () => {
  const {graph, id, definition} = wrapped(small())
  const inner = graph.subgraphs?.[definition]
  assert.deepEqual(inner?.inputs, [{name: "one", type: "INT"}])
  assert.deepEqual(inner?.outputs.map(({type, from}) => ({type, from})),
    [{type: "INT", from: ["c", 0]}, {type: "INT", from: ["b", 0]}])
  assert.deepEqual(inner?.nodes?.b.inputs, {one: ["@in", 0], other: ["@in", 0]})
  assert.deepEqual(inner?.nodes?.b.under, {one: 3})
  assert.deepEqual(graph.nodes?.[id].inputs, {one: ["a", 0]})
  assert.deepEqual(graph.nodes?.[id].look?.place, [300, 20])
  assert.deepEqual([graph.nodes?.d.inputs, graph.nodes?.e.inputs], [{value: [id, 0]}, {value: [id, 1]}])
  assert.deepEqual([graph.groups, inner?.groups?.g.title], [undefined, "G"])
})

test("a selection that is wrapped and unpacked is what it was, with its reroutes", () => {
  const bent = after(small(), reroute(small(), [], "b/one", 0, [150, 20]))
  const {graph, id} = wrapped(bent)
  const made = unpack(graph, [], id)
  assert.ok(made)
  const back = after(graph, made.ops)
  assert.deepEqual(back.nodes, bent.nodes)
  assert.equal(back.subgraphs, undefined)
  assert.deepEqual(Object.values(back.reroutes ?? {}), Object.values(bent.reroutes ?? {}))
  assert.deepEqual(Object.values(back.groups ?? {}), Object.values(bent.groups ?? {}))
})

test("one of several instances is unpacked beside the others, with ids of its own", () => {
  const {graph, id, definition} = wrapped(small())
  const {look: _, ...other} = copy(graph.nodes?.[id] ?? {class_type: ""})
  const twice = after(graph, [{op: "add", path: "nodes/other", value: {...other, inputs: {one: 5}}}])
  const first = unpack(twice, [], "other")
  assert.ok(first)
  const once = after(twice, first.ops)
  assert.ok(once.subgraphs?.[definition])
  assert.deepEqual(once.nodes?.b.inputs, {one: 5, other: 5})
  const second = unpack(once, [], id)
  assert.ok(second)
  const none = after(once, second.ops)
  assert.equal(none.subgraphs, undefined)
  assert.equal(Object.keys(none.nodes ?? {}).length, 7)
})

test("a widget is brought outside with its value, and goes in again with the one it has then", () => {
  const {graph, id, where, definition} = wrapped(small())
  const shown = after(graph, expose(graph, where, "c", "other", specs))
  assert.deepEqual(shown.nodes?.[id].inputs, {one: ["a", 0], other: 4})
  assert.deepEqual(shown.subgraphs?.[definition].nodes?.c.inputs, {one: ["b", 0], other: ["@in", 1]})
  assert.equal(specs.of(/** @type {any} */ (shown.nodes)[id], shown).inputs[1].widget, "number")
  const set = after(shown, [{op: "set", path: `nodes/${id}/inputs/other`, value: 9}])
  const back = after(set, hide(set, where, 1, specs))
  assert.deepEqual(back.subgraphs?.[definition].nodes?.c.inputs, {one: ["b", 0], other: 9})
  assert.deepEqual(back.nodes?.[id].inputs, {one: ["a", 0]})
})

test("an input in the middle goes in, and those behind it keep their links", () => {
  const {graph, id, where, definition} = wrapped(small())
  const two = after(graph, expose(graph, where, "c", "other", specs))
  const back = after(two, hide(two, where, 0, specs))
  assert.deepEqual(back.subgraphs?.[definition].nodes?.c.inputs?.other, ["@in", 0])
  assert.deepEqual(back.subgraphs?.[definition].nodes?.b.inputs, {one: 3, other: 0})
  assert.deepEqual(back.nodes?.[id].inputs, {other: 4})
})

test("an output is added, named and removed, and links to others stay theirs", () => {
  const {graph, id, where, definition} = wrapped(small())
  const more = after(graph, exposeOutput(graph, where, "c", 1, specs))
  assert.equal(more.subgraphs?.[definition].outputs.length, 3)
  const less = after(more, removeOutput(more, where, 0, specs))
  assert.deepEqual([less.nodes?.d.inputs, less.nodes?.e.inputs], [undefined, {value: [id, 0]}])
  const named = after(less, renamePort(less, where, "outputs", 0, "sum"))
  assert.equal(named.subgraphs?.[definition].outputs[0].name, "sum")
})

test("an input is renamed with what instances have there", () => {
  const {graph, id, where} = wrapped(small())
  const bent = after(graph, reroute(graph, [], `${id}/one`, 0, [5, 5]))
  const named = after(bent, renamePort(bent, where, "inputs", 0, "first"))
  assert.deepEqual(named.nodes?.[id].inputs, {first: ["a", 0]})
  assert.deepEqual(Object.values(named.reroutes ?? {}).map(({input}) => input), [`${id}/first`])
})

test("definitions that nothing uses are taken out", () => {
  const {graph, id, definition} = wrapped(small())
  assert.deepEqual(removeUnused(graph), [])
  const without = after(graph, [{op: "remove", path: `nodes/${id}`}])
  assert.deepEqual(removeUnused(without), [{op: "remove", path: `subgraphs/${definition}`}])
})

test("undo heals random changes of shape, one by one and all at once", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const chance = new Chance(seed)
    const graph = randomGraph(chance)
    const start = copy(graph)
    /** @type {Op[][]} */
    const undos = []
    for (let step = 0; step < 10; step++) {
      const ops = reshaped(chance, graph)
      assert.doesNotThrow(() => after(graph, ops), `seed ${seed}`)
      undos.push(apply(graph, ops).undo)
    }
    for (const undo of undos.reverse()) apply(graph, undo)
    assert.deepEqual(graph, start, `seed ${seed}`)
  }
})
