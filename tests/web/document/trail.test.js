// @ts-check
/** The way into subgraphs, as far as it leads. */

import assert from "node:assert/strict"
import {test} from "node:test"

import {trailOf} from "../../../web/document/trail.js"

/** @type {any} */
const GRAPH = {
  format: "easel/1",
  nodes: {a: {class_type: "subgraph/outer"}, b: {class_type: "Number"}, c: {class_type: "subgraph/gone"}},
  subgraphs: {
    outer: {name: "Outer", inputs: [], outputs: [], nodes: {d: {class_type: "subgraph/inner"}}},
    inner: {name: "Inner", inputs: [], outputs: []},
  },
}

test("a way leads through subgraph nodes, each with the canvas inside", () => {
  const trail = trailOf(GRAPH, ["a", "d"])
  assert.deepEqual(trail.map(({id, where}) => [id, ...where]),
    [["a", "subgraphs", "outer"], ["d", "subgraphs", "inner"]])
})

test("it ends at what is no subgraph, is not there, or has no definition", () => {
  for (const way of [[], ["b"], ["c"], ["toString"], ["x", "d"]]) {
    assert.deepEqual(trailOf(GRAPH, way), [])
  }
  assert.equal(trailOf(GRAPH, ["a", "a"]).length, 1)
})
