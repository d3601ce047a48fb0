// @ts-check
/** Specs: as declared, of instances, and made up for types that are not here. */

import assert from "node:assert/strict"
import {test} from "node:test"

import {apply} from "../../../web/document/ops.js"
import {NodeSpecs, fits} from "../../../web/document/specs.js"
import {INFO} from "./info.js"

/** @import {Graph, NodeSpec} from "../../../web/types.js" */

const specs = new NodeSpecs(INFO)
/** @type {Graph} */
const EMPTY = {format: "easel/1", nodes: {}}

/** @param {NodeSpec} spec */
function widgets(spec) {
  return Object.fromEntries(spec.inputs.map(({name, widget}) => [name, widget]))
}

test("inputs come in the order of the declaration, each with its widget", () => {
  const spec = specs.of({class_type: "Sampler"}, EMPTY)
  assert.deepEqual(widgets(spec), {model: null, seed: "seed", steps: "number", method: "choice", mask: null})
  const [, seed, , method, mask] = spec.inputs
  assert.deepEqual([seed.control, seed.max], [true, 18446744073709551615n])
  assert.deepEqual([method.fallback, method.options], ["euler", ["euler", "heun"]])
  assert.deepEqual([mask.optional, mask.tooltip], [true, "Where."])
})

test("options of widgets are read", () => {
  const spec = specs.of({class_type: "Pick"}, EMPTY)
  assert.deepEqual(widgets(spec),
    {image: "picture", tint: "colour", size: "number", strict: "toggle", forced: null})
  const [image, , size, strict] = spec.inputs
  assert.deepEqual([image.folder, image.upload, image.fallback], ["input", "image", "a.png"])
  assert.deepEqual([size.min, size.max, size.step, size.slider], [0.5, 2, 0.1, true])
  assert.deepEqual([strict.on, strict.off, strict.fallback], ["yes", "no", false])
  assert.deepEqual([spec.pack, spec.deprecated, spec.known], ["pack", true, true])
  assert.deepEqual(spec.outputs.map(({type, list}) => [type, list]), [["IMAGE", true], ["*", false]])
})

test("a group of sockets grows with its use", () => {
  const names = (/** @type {Object<string, any>} */ inputs) =>
    specs.of({class_type: "Sum", inputs}, EMPTY).inputs.map(({name, optional}) => `${name}${optional ? "?" : ""}`)
  assert.deepEqual(names({}), ["text", "values.a"])
  assert.deepEqual(names({"values.a": ["x", 0]}), ["text", "values.a", "values.b?"])
  assert.deepEqual(names({"values.c": ["x", 0]}), ["text", "values.a", "values.b?", "values.c?"])
})

test("a link to an input that the type does not have is seen", () => {
  const spec = specs.of({class_type: "Number", inputs: {odd: ["x", 0]}}, EMPTY)
  assert.deepEqual(spec.inputs.map(({name, type}) => [name, type]), [["value", "INT"], ["odd", "*"]])
})

test("an instance has its definition's sockets, and the widgets that they feed", () => {
  /** @type {Graph} */
  const graph = {format: "easel/1", nodes: {i: {class_type: "subgraph/s"}}, subgraphs: {
    s: {
      name: "Draw",
      inputs: [{name: "how often", type: "INT"}, {name: "model", type: "MODEL"}, {name: "unused", type: "X"}],
      outputs: [{name: "latent", type: "LATENT", from: ["k", 0]}],
      nodes: {k: {class_type: "Sampler", inputs: {model: ["@in", 1], steps: ["@in", 0]}}},
    },
    t: {name: "T", inputs: [{name: "n", type: "INT"}], outputs: [], nodes: {
      i: {class_type: "subgraph/s", inputs: {"how often": ["@in", 0]}},
    }},
  }}
  const spec = specs.of({class_type: "subgraph/s"}, graph)
  assert.deepEqual(widgets(spec), {"how often": "number", model: null, unused: null})
  assert.deepEqual([spec.inputs[0].fallback, spec.title, spec.outputs[0].type], [20, "Draw", "LATENT"])
  assert.deepEqual(widgets(specs.of({class_type: "subgraph/t"}, graph)), {n: "number"})
  apply(graph, [{op: "set", path: "subgraphs/s/name", value: "Paint"}])
  assert.equal(specs.of({class_type: "subgraph/s"}, graph).title, "Paint")
})

test("a definition that contains itself has a spec all the same", () => {
  /** @type {Graph} */
  const graph = {format: "easel/1", nodes: {}, subgraphs: {
    s: {name: "S", inputs: [{name: "x", type: "INT"}], outputs: [], nodes: {
      i: {class_type: "subgraph/s", inputs: {x: ["@in", 0]}},
    }},
  }}
  assert.equal(specs.of({class_type: "subgraph/s"}, graph).inputs.length, 1)
})

test("an unknown type shows what its node holds and what others take from it", () => {
  const node = {class_type: "Odd", inputs: {a: ["x", 0], b: 5}}
  /** @type {Graph} */
  const graph = {format: "easel/1", nodes: {o: node, c: {class_type: "Show", inputs: {value: ["o", 1]}}}}
  const spec = specs.of(node, graph)
  assert.deepEqual(widgets(spec), {a: null, b: "plain"})
  assert.deepEqual([spec.outputs.length, spec.known], [2, false])
  const kept = /** @type {any} */ ({
    class_type: "Other", inputs: {b: 5},
    sockets: {inputs: [{name: "a", type: "IMAGE"}, {name: "b", type: "INT", widget: {}}], outputs: [{name: "o", type: "MASK"}, {name: "o", type: "X"}]},
  })
  const other = specs.of(kept, EMPTY)
  assert.deepEqual(other.inputs.map(({name, type, widget}) => [name, type, widget]),
    [["a", "IMAGE", null], ["b", "INT", "plain"]])
  assert.deepEqual(other.outputs.map(({name, type}) => [name, type]), [["o", "MASK"], ["o", "X"]])
})

test("an editor's own node is known, and a primitive is edited as what it gives", () => {
  const sockets = {outputs: [{name: "INT", type: "INT", widget: {name: "seed"}}]}
  const given = /** @type {any} */ ({
    class_type: "PrimitiveNode", inputs: {value: 7}, after_run: {value: "randomize"}, sockets,
  })
  const spec = specs.of(given, EMPTY)
  assert.deepEqual([widgets(spec), spec.outputs[0].type, spec.known], [{value: "seed"}, "INT", true])
  const bend = specs.of({class_type: "Reroute", inputs: {in: ["x", 0]}}, EMPTY)
  assert.deepEqual([widgets(bend), bend.outputs.length, bend.known], [{in: null}, 1, true])
})

test("types fit if they are equal, any, or unions that meet", () => {
  for (const [given, wanted, fit] of /** @type {[string, string, boolean][]} */ ([
    ["INT", "INT", true], ["INT", "FLOAT", false], ["*", "X", true], ["X", "*", true],
    ["INT,FLOAT", "FLOAT, STRING", true], ["INT,FLOAT", "STRING", false],
  ])) assert.equal(fits(given, wanted), fit, `${given} ${wanted}`)
})

test("new declarations are told", () => {
  const changing = new NodeSpecs()
  let told = 0
  changing.on(() => told++)
  assert.equal(changing.of({class_type: "Number"}, EMPTY).known, false)
  changing.load(INFO)
  assert.deepEqual([told, changing.of({class_type: "Number"}, EMPTY).known], [1, true])
})
