import assert from "node:assert/strict"
import {test} from "node:test"

import {NodeSpecs} from "../../../web/document/specs.js"
import {missingIn} from "../../../web/panels/missing.js"

/** @param {Object<string, any>} nodes @param {Object<string, any>} [subgraphs] */
function lackOf(nodes, subgraphs = {}) {
  const input = {name: "file", type: "COMBO", widget: "choice", folder: "loras", options: ["a.safetensors"]}
  const known = {name: "Load", known: true, inputs: [input]}
  /** @type {any} */
  const specs = {of: (/** @type {any} */ node) =>
    node.class_type === "Load" ? known : {name: node.class_type, known: false, inputs: []}}
  return missingIn({format: "easel/1", nodes, subgraphs}, specs)
}

test("node types that are not here belong into custom_nodes, once each with how many want them", () => {
  const odd = {class_type: "Odd"}
  const {types} = lackOf({1: odd, 2: odd, 3: {class_type: "Load"}})
  assert.deepEqual(types, [{name: "Odd", folder: "custom_nodes", nodes: 2}])
})

test("a file that is not in the list belongs into its input's folder", () => {
  const {models} = lackOf({
    1: {class_type: "Load", inputs: {file: "b.safetensors"}},
    2: {class_type: "Load", inputs: {file: "a.safetensors"}},
    3: {class_type: "Load", inputs: {file: ["1", 0]}},
  })
  assert.deepEqual(models, [{name: "b.safetensors", folder: "loras", nodes: 1}])
})

test("definitions of subgraphs are looked into, and instances are no missing types", () => {
  const inner = {name: "In", inputs: [], outputs: [], nodes: {5: {class_type: "Odd"}}}
  const graph = {format: "easel/1", subgraphs: {s: inner}, nodes: {1: {class_type: "subgraph/s"}}}
  const {types} = missingIn(/** @type {any} */ (graph), new NodeSpecs({}))
  assert.deepEqual(types, [{name: "Odd", folder: "custom_nodes", nodes: 1}])
})
