// @ts-check
/** What one gesture does to a document, and that undo heals it. */

import assert from "node:assert/strict"
import {test} from "node:test"

import {
  addNode, connect, disconnect, insertIntoLink, removeKeys, rename, reroute, toggleLook, toggleState,
} from "../../../web/document/changes.js"
import {copied, duplicate, graphOf, pasted} from "../../../web/document/clipboard.js"
import {chainOf} from "../../../web/document/links.js"
import {apply} from "../../../web/document/ops.js"
import {NodeSpecs} from "../../../web/document/specs.js"
import {copy} from "../../../web/document/values.js"
import {INFO} from "./info.js"

/** @import {Graph, Op} from "../../../web/types.js" */

const specs = new NodeSpecs(INFO)

/** @returns {Graph} */
function small() {
  return {
    format: "easel/1",
    nodes: {
      a: {class_type: "Number", inputs: {value: 1}},
      b: {class_type: "Double", inputs: {value: ["a", 0]}, under: {value: 5}},
      c: {class_type: "Show", inputs: {value: ["b", 0]}},
    },
  }
}

/** The document after ops; undo must bring it back.
 * @param {Graph} graph @param {Op[]} ops @returns {Graph} */
function after(graph, ops) {
  const made = copy(graph)
  const {undo} = apply(made, ops)
  const back = copy(made)
  apply(back, undo)
  assert.deepEqual(back, graph)
  return made
}

test("a new node has the defaults of its widgets, and its seed moves on", () => {
  const {id, ops} = addNode(small(), [], spec("Sampler"), [10, 20])
  const made = after(small(), ops).nodes?.[id]
  assert.deepEqual(made, {
    class_type: "Sampler",
    inputs: {seed: 0, steps: 20, method: "euler"},
    after_run: {seed: "randomize"},
    look: {place: [10, 20]},
  })
})

test("a new node is linked to the socket that it was pulled out of", () => {
  const socket = /** @type {const} */ ({side: "out", node: "a", name: "value", index: 0, type: "INT"})
  const {id, ops} = addNode(small(), [], spec("Double"), [0, 0], socket, specs)
  assert.deepEqual(after(small(), ops).nodes?.[id].inputs, {value: ["a", 0]})
  const open = /** @type {const} */ ({side: "in", node: "c", name: "value", index: 0, type: "*"})
  const other = addNode(small(), [], spec("Double"), [0, 0], open, specs)
  assert.deepEqual(after(small(), other.ops).nodes?.c.inputs, {value: [other.id, 0]})
})

test("a value lies under its link, and counts again when the link is cut", () => {
  const linked = after(small(), connect(small(), [], ["b", 0], "a", "value"))
  assert.deepEqual(linked.nodes?.a, {class_type: "Number", inputs: {value: ["b", 0]}, under: {value: 1}})
  const cut = after(linked, disconnect(linked, [], "a", "value"))
  assert.deepEqual(cut.nodes?.a, {class_type: "Number", inputs: {value: 1}})
})

test("removing a node cuts its links; what lay under them counts again", () => {
  const graph = after(small(), reroute(small(), [], "b/value", 0, [5, 5]))
  const made = after(graph, removeKeys(graph, [], ["nodes/a"], specs))
  assert.deepEqual(made.nodes, {
    b: {class_type: "Double", inputs: {value: 5}},
    c: {class_type: "Show", inputs: {value: ["b", 0]}},
  })
  assert.equal(made.reroutes, undefined)
})

test("a widget without a value of its own gets its default when its link is cut", () => {
  const graph = small()
  delete graph.nodes?.b.under
  const made = after(graph, removeKeys(graph, [], ["nodes/a"], specs))
  assert.deepEqual(made.nodes?.b.inputs, {value: 0})
})

test("reroutes are passed in their order, and a link runs on without one", () => {
  let graph = small()
  graph = after(graph, reroute(graph, [], "b/value", 0, [1, 1]))
  graph = after(graph, reroute(graph, [], "b/value", 1, [3, 3]))
  graph = after(graph, reroute(graph, [], "b/value", 1, [2, 2]))
  const places = () => chainOf(graph, "b/value").map(id => graph.reroutes?.[id].place[0])
  assert.deepEqual(places(), [1, 2, 3])
  const [, middle] = chainOf(graph, "b/value")
  graph = after(graph, removeKeys(graph, [], [`reroutes/${middle}`]))
  assert.deepEqual(places(), [1, 3])
})

test("a node is put into a link", () => {
  const graph = small()
  Object.assign(graph.nodes ?? {}, {d: {class_type: "Double"}})
  const made = after(graph, insertIntoLink(graph, [], "c/value", "d", "value", 0))
  assert.deepEqual(made.nodes?.d.inputs, {value: ["b", 0]})
  assert.deepEqual(made.nodes?.c.inputs, {value: ["d", 0]})
})

test("states and looks go on, and off when all have them", () => {
  const keys = ["nodes/a", "nodes/b"]
  const some = after(small(), toggleState(small(), [], ["nodes/a"], "muted"))
  const all = after(some, toggleState(some, [], keys, "muted"))
  assert.deepEqual(keys.map(key => all.nodes?.[key.slice(6)].state), ["muted", "muted"])
  assert.deepEqual(after(all, toggleState(all, [], keys, "muted")), small())
  const pinned = after(small(), toggleLook(small(), [], keys, "pinned"))
  assert.deepEqual(after(pinned, toggleLook(pinned, [], keys, "pinned")), small())
  const named = after(small(), rename(small(), [], "nodes/a", " One "))
  assert.equal(named.nodes?.a.look?.title, "One")
  assert.deepEqual(after(named, rename(named, [], "nodes/a", " ")), small())
})

test("a copy keeps its links among copies, and to the others if that is asked for", () => {
  const plain = duplicate(small(), [], ["nodes/b", "nodes/c"], [24, 24], {links: false})
  const [b, c] = plain.keys.map(key => key.slice(6))
  const made = after(small(), plain.ops)
  assert.deepEqual(made.nodes?.[b], {class_type: "Double", inputs: {value: 5}})
  assert.deepEqual(made.nodes?.[c].inputs, {value: [b, 0]})
  const linked = duplicate(small(), [], ["nodes/b"], [24, 24])
  const other = after(small(), linked.ops).nodes?.[linked.keys[0].slice(6)]
  assert.deepEqual(other, small().nodes?.b)
})

test("what is pasted lies where it is wanted, whole with groups and reroutes", () => {
  const graph = small()
  Object.assign(graph, {groups: {g: {title: "G", box: [100, 100, 300, 200]}}})
  const bent = after(graph, reroute(graph, [], "b/value", 0, [150, 150]))
  const clip = copied(bent, [], ["nodes/a", "nodes/b", "groups/g"], () => [120, 140])
  const {ops, keys} = pasted(small(), [], clip, {at: [0, 0]})
  const made = after(small(), ops)
  assert.deepEqual(Object.values(made.groups ?? {}), [{title: "G", box: [0, 0, 300, 200]}])
  assert.deepEqual(Object.values(made.reroutes ?? {}).map(({place}) => place), [[50, 50]])
  assert.deepEqual(made.nodes?.[keys[0].slice(6)].look?.place, [20, 40])
})

test("API JSON is a document too; anything else is not", () => {
  const found = graphOf({1: {class_type: "Number", inputs: {value: 1}, _meta: {title: "One"}}})
  assert.deepEqual(found?.nodes?.["1"], {class_type: "Number", inputs: {value: 1}, look: {title: "One"}})
  for (const other of [{nodes: [], links: []}, {}, [], "x", null]) assert.equal(graphOf(other), null)
})

test("an instance that is pasted into its own definition gets another one", () => {
  const graph = small()
  graph.subgraphs = {s: {name: "S", inputs: [], outputs: [], nodes: {x: {class_type: "Number"}}}}
  Object.assign(graph.nodes ?? {}, {i: {class_type: "subgraph/s"}})
  const clip = copied(graph, [], ["nodes/i"])
  const {ops, keys} = pasted(graph, ["subgraphs", "s"], clip, {})
  const made = after(graph, ops)
  const type = made.subgraphs?.s.nodes?.[keys[0].slice(6)].class_type ?? ""
  assert.notEqual(type, "subgraph/s")
  assert.equal(made.subgraphs?.[type.slice(9)].name, "S")
  const again = pasted(graph, [], clip, {})
  assert.deepEqual(again.ops.map(({path}) => path.split("/")[0]), ["nodes"])
})

test("what a subgraph gives is linked and cut like an input", () => {
  const graph = small()
  const outputs = [{name: "one", type: "INT", from: ["x", 0]}, {name: "two", type: "INT"}]
  graph.subgraphs = {s: /** @type {any} */ ({name: "S", inputs: [], outputs, nodes: {x: {class_type: "Number"}}})}
  const where = ["subgraphs", "s"]
  const cut = after(graph, disconnect(graph, where, "@out", "one"))
  const made = after(cut, connect(cut, where, ["x", 0], "@out", "two"))
  assert.deepEqual(made.subgraphs?.s.outputs.map(({from}) => from), [undefined, ["x", 0]])
  const without = after(made, removeKeys(made, where, ["nodes/x"]))
  assert.deepEqual(without.subgraphs?.s.outputs.map(({from}) => from), [undefined, undefined])
})

/** @param {string} name */
function spec(name) {
  const found = specs.named(name)
  assert.ok(found)
  return found
}
