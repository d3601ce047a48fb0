import assert from "node:assert/strict"
import {test} from "node:test"

import {apply} from "../../../web/document/ops.js"
import {opsBetween, toldBetween} from "../../../web/document/between.js"

/** @returns {any} */
function now() {
  return {format: "easel/1", nodes: {
    1: {class_type: "A", inputs: {n: 1}}, 2: {class_type: "B", inputs: {x: ["1", 0]}},
    "o/~d": {class_type: "C"},
  }, notes: {n: {text: "hi", box: [0, 0, 1, 1]}}}
}

/** @returns {any} */
function then() {
  return {format: "easel/1", nodes: {
    1: {class_type: "A", inputs: {n: 2}}, 3: {class_type: "subgraph/s", inputs: {}},
  }, subgraphs: {s: {name: "S", inputs: [], outputs: [], nodes: {}}}, extra: {k: 1}}
}

test("the ops of going back make the old state, and undo makes the new one again", () => {
  const graph = now()
  const {undo} = apply(graph, opsBetween(graph, then()))
  assert.deepEqual(graph.nodes, then().nodes)
  assert.deepEqual(graph.subgraphs, then().subgraphs)
  assert.equal(graph.notes?.n, undefined)
  apply(graph, undo)
  assert.deepEqual(graph.nodes, now().nodes)
  assert.deepEqual(graph.notes, now().notes)
})

test("equal states need no op", () => {
  assert.deepEqual(opsBetween(now(), now()), [])
})

test("what differs is told in numbers of nodes", () => {
  assert.deepEqual(toldBetween(now(), then()), {added: 1, removed: 2, changed: 1})
})
