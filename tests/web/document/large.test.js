// @ts-check
/** An edit costs what it touches, not the size of the document. */

import assert from "node:assert/strict"
import {test} from "node:test"

import {DocumentStore} from "../../../web/document/store.js"

/** Milliseconds for so many edits, own and foreign in turn, of a document of so many nodes.
 * @param {number} size @param {number} count @returns {number} */
function time(size, count) {
  /** @type {Object<string, any>} */
  const nodes = {}
  for (let n = 0; n < size; n++) nodes[`n${n}`] = {class_type: "X", inputs: {a: [`n${n - 1}`, 0], seed: n}}
  const store = new DocumentStore({name: "large", client: "me", clock: 0})
  store.reset({format: "easel/1", nodes}, 0, "e")
  const began = performance.now()
  let rev = 0
  for (let n = 0; n < count; n++) {
    store.edit([{op: "set", path: `nodes/n${n}/inputs/seed`, value: -1}])
    store.confirmed({rev: ++rev, client: "other", clock: n, ops: [{op: "remove", path: `nodes/n${size - 1 - n}`}]})
    store.confirmed({rev: ++rev, client: "me", clock: n + 1, ops: store.pending[0].edit.ops})
  }
  assert.ok(store.settled)
  assert.equal(Object.keys(store.graph.nodes ?? {}).length, size - count)
  return performance.now() - began
}

test("ten thousand nodes are edited as fast as five hundred", () => {
  time(500, 200)
  const small = time(500, 200)
  const large = time(10_000, 200)
  assert.ok(large < 10 * small + 50, `${large} ms for 10,000 nodes, ${small} ms for 500`)
})
