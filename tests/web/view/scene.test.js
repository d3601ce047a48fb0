/** A scene made anew only where a change touched. */

import assert from "node:assert/strict"
import {test} from "node:test"
import {holds} from "../../../web/view/boxes.js"
import {NOTHING_SHOWN} from "../../../web/view/layout.js"
import {makeShown} from "../../../web/view/shown.js"
import {SPECS, row, sceneOf} from "./scenes.js"

const SPEC = SPECS.Sample

const END = {
  state: "done", value: 0, max: 0, left: null, seconds: null, preview: "", pictures: [], text: [],
  error: null,
}

test("links run from socket to socket", () => {
  const {scene} = sceneOf(row())
  const link = scene.links.get("c/words")
  assert.equal(link.type, "CONDITIONING")
  const from = scene.nodes.get("b").sockets.find(({side}) => side === "out")
  assert.deepEqual(link.points[0], {x: from.x, y: from.y})
  const keys = scene.linksOf("c").map(({key}) => key)
  assert.deepEqual(keys.sort(), ["c/model", "c/words", "d/images"])
})

test("moving a node carries this node and routes its links, and nothing else", () => {
  const {scene, store, asked} = sceneOf(row())
  const others = ["a", "b", "d"].map((id) => scene.nodes.get(id))
  const {version} = scene.nodes.get("c")
  const before = asked()
  const still = scene.links.get("b/clip")
  store.edit([{op: "set", path: "nodes/c/look/place", value: [700, 400]}])
  assert.equal(asked() - before, 0)
  assert.equal(scene.nodes.get("c").version, version)
  assert.deepEqual(["a", "b", "d"].map((id) => scene.nodes.get(id)), others)
  assert.equal(scene.links.get("b/clip"), still)
  assert.equal(scene.nodes.get("c").box.y, 400)
  assert.ok(scene.links.get("d/images").points[0].y > 400)
})

test("what must be drawn again is where things were and are", () => {
  const {scene, store} = sceneOf(row())
  let touched
  scene.touched.on((what) => { touched = what })
  store.edit([{op: "set", path: "nodes/d/look/place", value: [5000, 3000]}])
  assert.equal(touched.whole, false)
  const near = (x, y) => touched.redrawn.boxes.some((box) => holds(box, {x, y}))
  assert.ok(near(1005, 5) && near(5005, 3005))
  assert.ok(!near(10, 10))
})

test("when very much moves, all is drawn again and no box is looked at", () => {
  const nodes = Object.fromEntries(Array.from({length: 1000}, (_, i) => (
    [`n${i}`, {class_type: "Load", look: {place: [i * 300, 0]}}])))
  const {scene, store} = sceneOf({nodes})
  let touched
  scene.touched.on((what) => { touched = what })
  store.edit(Object.keys(nodes).map((id) => (
    {op: "set", path: `nodes/${id}/look/place`, value: [0, 50]})))
  assert.equal(touched.redrawn.all, true)
  assert.equal(scene.at({x: 20, y: 60}, 1).kind, "node")
})

test("a node that comes is found, one that goes leaves a stub at its consumers", () => {
  const {scene, store} = sceneOf(row())
  const value = {class_type: "Save", inputs: {images: ["c", 0]}, look: {place: [0, 900]}}
  store.edit([{op: "add", path: "nodes/e", value}])
  assert.equal(scene.at({x: 20, y: 910}, 1).kind, "node")
  assert.ok(scene.links.has("e/images"))
  store.edit([{op: "remove", path: "nodes/c"}])
  assert.ok(!scene.nodes.has("c"))
  assert.ok(scene.links.get("e/images").broken)
  assert.ok(!scene.links.has("c/model"))
  store.undo()
  assert.ok(!scene.links.get("e/images").broken)
})

test("a link that is set anew leaves its old source", () => {
  const {scene, store} = sceneOf(row())
  store.edit([{op: "set", path: "nodes/c/inputs/words", value: ["x", 0]}])
  assert.ok(scene.links.get("c/words").broken)
  assert.deepEqual(scene.linksOf("b").map(({key}) => key), ["b/clip"])
})

test("after any edits the scene is as if made at once", () => {
  const {scene, store} = sceneOf(row())
  const edits = [
    [{op: "set", path: "nodes/b/look/collapsed", value: true}],
    [{op: "set", path: "nodes/c/inputs/steps", value: ["b", 0]}],
    [{op: "add", path: "groups/g", value: {title: "G", box: [0, 0, 100, 100]}}],
    [{op: "remove", path: "nodes/a"}],
    [{op: "set", path: "nodes/d/look/size", value: [400, 300]}],
    ["b", "c", "d"].map((id, i) => (
      {op: "set", path: `nodes/${id}/look/place`, value: [40 + 300 * i, 90]})),
    [
      {op: "set", path: "nodes/b/look/place", value: [0, 200]},
      {op: "set", path: "nodes/c/look/place", value: [500, 300]},
      {op: "set", path: "nodes/c/inputs/model", value: ["b", 0]},
    ],
    [{op: "add", path: "reroutes/r", value: {input: "d/images", place: [900, 0], before: null}}],
    ["c", "d"].map((id, i) => (
      {op: "set", path: `nodes/${id}/look/place`, value: [600 + 300 * i, 300]})),
  ]
  const plain = (one) => [...one.nodes.values()]
    .map(({version: _, shown: __, ...place}) => place).sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const ops of edits) {
    assert.equal(store.edit(ops), "")
    const {nodes, groups, reroutes} = structuredClone(store.graph)
    const whole = sceneOf({nodes, groups, reroutes}).scene
    assert.deepEqual(plain(scene), plain(whole))
    const links = (one) => [...one.links.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
    assert.deepEqual(links(scene), links(whole))
    for (const [key, {points}] of scene.links) {
      const near = scene.linksNear({x: points[0].x, y: points[0].y, w: 1, h: 1})
      assert.ok(near.some((link) => link.key === key))
    }
  }
})

test("reroutes are passed in the order of their chain", () => {
  const {scene, store} = sceneOf({
    ...row(),
    reroutes: {
      late: {input: "d/images", place: [960, 300], before: null},
      early: {input: "d/images", place: [940, 300], before: "late"},
    },
  })
  const passed = scene.links.get("d/images").points.slice(1, -1)
  assert.deepEqual(passed, [{x: 940, y: 300}, {x: 960, y: 300}])
  store.edit([{op: "set", path: "reroutes/early/place", value: [900, 350]}])
  assert.deepEqual(scene.links.get("d/images").points[1], {x: 900, y: 350})
  assert.equal(scene.at({x: 900, y: 350}, 1).kind, "reroute")
})

test("a run's pictures and words are laid out on its node", () => {
  const {scene, runs, happened} = sceneOf(row())
  const before = scene.nodes.get("d").box.h
  const pictures = [{filename: "p.png", subfolder: "", type: "output"}]
  runs.set("d", {...END, pictures, text: ["done"]})
  happened.emit({nodes: new Set(["d"]), queue: false, problems: false, worker: false})
  const {picture, said, box} = scene.nodes.get("d")
  assert.ok(picture && said && box.h > before)
})

test("problems mark their nodes, and leave them again", () => {
  const {scene, problems, happened} = sceneOf(row())
  const tell = () => happened.emit({nodes: new Set(), queue: false, problems: true, worker: false})
  problems.set("c", [{type: "t", message: "m", text: "wants a model", input: "model"}])
  tell()
  assert.equal(scene.nodes.get("c").shown.problem, "wants a model")
  assert.ok(scene.nodes.get("c").shown.wrong.has("model"))
  const marked = scene.nodes.get("c")
  problems.set("c", structuredClone(problems.get("c")))
  tell()
  assert.equal(scene.nodes.get("c"), marked, "the same again is nothing new")
  problems.clear()
  tell()
  assert.equal(scene.nodes.get("c").shown.problem, "")
})

test("within a subgraph its borders are nodes, linked like others", () => {
  const inner = {
    name: "Inner", inputs: [{name: "model", type: "MODEL"}],
    outputs: [{name: "image", type: "IMAGE", from: ["s", 0]}],
    nodes: {s: {class_type: "Sample", inputs: {model: ["@in", 0]}, look: {place: [0, 0]}}},
  }
  const nodes = {i: {class_type: "subgraph/x", look: {place: [0, 0]}}}
  const {scene, runs, happened} = sceneOf({nodes, subgraphs: {x: inner}})
  assert.deepEqual(scene.nodes.get("i").sockets.map(({name}) => name), ["model", "image"])
  scene.enter(["subgraphs", "x"], ["i"])
  assert.deepEqual([...scene.nodes.keys()], ["s", "@in", "@out"])
  assert.equal(scene.links.get("s/model").type, "MODEL")
  assert.equal(scene.links.get("@out/image").from[0], "s")
  assert.ok(!scene.within({x: -1e4, y: -1e4, w: 2e4, h: 2e4}).includes("nodes/@in"))
  runs.set("i:s", {...END, text: ["hello"]})
  happened.emit({nodes: new Set(["i:s"]), queue: false, problems: false, worker: false})
  assert.deepEqual(scene.nodes.get("s").said.lines, ["hello"])
})

test("an instance is laid out again when its definition changes", () => {
  const inner = {name: "Inner", inputs: [], outputs: [], nodes: {}}
  const nodes = {i: {class_type: "subgraph/x", look: {place: [0, 0]}}}
  const {scene, store} = sceneOf({nodes, subgraphs: {x: inner}})
  store.edit([{op: "set", path: "subgraphs/x/inputs", value: [{name: "clip", type: "CLIP"}]}])
  assert.deepEqual(scene.nodes.get("i").sockets.map(({name}) => name), ["clip"])
})

test("nodes without a place are arranged, and stay where a place is", () => {
  const graph = row()
  delete graph.nodes.d.look
  const arrange = ({nodes}) => new Map(Object.keys(nodes).map((id) => [id, [77, 88]]))
  const {scene} = sceneOf(graph, {arrange})
  assert.deepEqual([scene.nodes.get("d").box.x, scene.nodes.get("d").box.y], [77, 88])
  assert.equal(scene.nodes.get("a").box.x, 0)
})

test("what is raised lies on top", () => {
  const graph = row()
  for (const node of Object.values(graph.nodes)) node.look.place = [0, 0]
  const {scene} = sceneOf(graph)
  assert.equal(scene.at({x: 60, y: 10}, 1).node, "d")
  scene.raise(["nodes/a"])
  assert.equal(scene.at({x: 60, y: 10}, 1).node, "a")
})

test("a preview stays until the next one is here", () => {
  const here = new Set(["/1"])
  const sizeOf = (url) => (here.has(url) ? {w: 2, h: 1} : null)
  const shown = makeShown({urlOf: ({filename}) => filename, sizeOf, tell: String})
  const {nodes: {c}} = row()
  const run = (preview) => ({...END, state: "running", preview})
  const first = shown(run("/1"), [], c, SPEC, NOTHING_SHOWN)
  const second = shown(run("/2"), [], c, SPEC, first)
  assert.deepEqual([second.pictures, second.coming], [["/1"], "/2"])
  here.add("/2")
  assert.deepEqual(shown(run("/2"), [], c, SPEC, second).pictures, ["/2"])
})

test("what is wrong with a node is told by who knows the language of the page", () => {
  const {nodes: {c}} = row()
  const shown = makeShown({
    urlOf: () => "", sizeOf: () => null, tell: ({type}) => `said: ${type}`,
  })
  const wrong = {type: "odd", message: "m", text: "whole sentence", input: "steps"}
  const {problem, fault} = shown({...END, error: {...wrong, type: "failed"}}, [wrong], c, SPEC,
    NOTHING_SHOWN)
  assert.deepEqual([problem, fault], ["said: odd", "said: failed"])
})
