import assert from "node:assert/strict"
import {test} from "node:test"

import {GRAPH, desk, socket} from "./desk.js"

const at = ({x, y}) => ({x, y})
const inputs = (store, id) => store.graph.nodes[id].inputs

test("a link pulled from an output ends in an input; only what fits lights up", () => {
  const {scene, store, session, drag} = desk()
  const from = at(socket(scene, "prompt", "CONDITIONING", "out"))
  const to = at(socket(scene, "sampler", "negative"))
  const held = drag([from, {x: 700, y: 300}, to])
  assert.deepEqual([...session.draft.fitting].sort(), ["in/sampler/negative", "in/sampler/positive"])
  assert.equal(session.draft.over.name, "negative")
  held.drop()
  assert.deepEqual(inputs(store, "sampler").negative, ["prompt", 0])
  assert.equal(session.draft, null)
})

test("a link can be pulled from an input too", () => {
  const {scene, store, drag} = desk()
  drag([at(socket(scene, "skip", "clip")), {x: 300, y: 500}, at(socket(scene, "load", "CLIP", "out"))]).drop()
  assert.deepEqual(inputs(store, "skip").clip, ["load", 1])
})

test("let go anywhere on a node, a link takes its first free fitting socket", () => {
  const {scene, store, drag} = desk()
  const {box} = scene.nodes.get("sampler")
  const from = at(socket(scene, "prompt", "CONDITIONING", "out"))
  drag([from, {x: 700, y: 300}, {x: box.x + box.w / 2, y: box.y + 12}]).drop()
  assert.deepEqual(inputs(store, "sampler").negative, ["prompt", 0])
})

test("a new link that is let go over nothing asks for a node that fits", () => {
  const {scene, store, said, drag} = desk()
  drag([at(socket(scene, "sampler", "LATENT", "out")), {x: 1400, y: 400}]).drop()
  const [what, point, from] = said.at(-1)
  assert.equal(what, "addNode")
  assert.deepEqual(point, {x: 1400, y: 400})
  assert.equal(from.type, "LATENT")
  assert.equal(store.canUndo, false)
})

test("a link is picked up from its input and laid into another", () => {
  const {scene, store, session, drag} = desk()
  const held = drag([at(socket(scene, "sampler", "positive")), {x: 850, y: 200},
    at(socket(scene, "sampler", "negative"))])
  assert.deepEqual([...session.draft.taken], ["sampler/positive"])
  held.drop()
  assert.equal(inputs(store, "sampler").positive, undefined)
  assert.deepEqual(inputs(store, "sampler").negative, ["prompt", 0])
  assert.equal(store.pending.length, 1)
})

test("a link that was picked up is gone when it is let go over nothing", () => {
  const {scene, store, said, drag} = desk()
  drag([at(socket(scene, "sampler", "positive")), {x: 850, y: 400}]).drop()
  assert.equal(inputs(store, "sampler").positive, undefined)
  assert.equal(said.length, 0)
})

test("put back where it was, a link leaves no edit", () => {
  const {scene, store, drag} = desk()
  const from = at(socket(scene, "sampler", "positive"))
  drag([from, {x: 850, y: 400}, from]).drop()
  assert.equal(store.canUndo, false)
})

test("with Shift an input keeps its link, and an output gives all of its own", () => {
  const {scene, store, session, drag} = desk()
  store.edit([{op: "add", path: "nodes/other", value: {class_type: "Load", look: {place: [0, 300]}}},
    {op: "set", path: "nodes/skip/inputs/clip", value: ["load", 1]}])
  const from = at(socket(scene, "load", "CLIP", "out"))
  const held = drag([from, {x: 200, y: 250}, at(socket(scene, "other", "CLIP", "out"))], {shift: true})
  assert.equal(session.draft.others.length, 1)
  held.drop()
  assert.deepEqual(inputs(store, "prompt").clip, ["other", 1])
  assert.deepEqual(inputs(store, "skip").clip, ["other", 1])
  drag([at(socket(scene, "prompt", "clip")), {x: 300, y: 400}], {shift: true}).drop()
  assert.deepEqual(inputs(store, "prompt").clip, ["other", 1])
})

test("no socket lights up that would close a circle", () => {
  const {scene, session, drag} = desk()
  drag([at(socket(scene, "skip", "CLIP", "out")), {x: 300, y: 500}])
  assert.deepEqual([...session.draft.fitting], ["in/prompt/clip"])
})

test("a widget takes a link, and its value lies under it until the link goes", () => {
  const graph = structuredClone(GRAPH)
  graph.nodes.number = {class_type: "Number", inputs: {value: 9}, look: {place: [400, 300]}}
  const {scene, store, drag} = desk(graph)
  drag([at(socket(scene, "number", "INT", "out")), {x: 700, y: 300}, at(socket(scene, "sampler", "steps"))]).drop()
  assert.deepEqual(inputs(store, "sampler").steps, ["number", 0])
  assert.equal(store.graph.nodes.sampler.under.steps, 20)
  drag([at(socket(scene, "sampler", "steps")), {x: 700, y: 400}]).drop()
  assert.equal(inputs(store, "sampler").steps, 20)
})

test("Ctrl and Shift cut what the stroke crosses", () => {
  const {scene, store, session, drag} = desk()
  const {points: [a, b]} = scene.links.get("prompt/clip")
  const x = (a.x + b.x) / 2
  const held = drag([{x, y: -200}, {x, y: 300}], {ctrl: true, shift: true})
  assert.equal(session.draft.kind, "cut")
  held.drop()
  assert.equal(inputs(store, "prompt").clip, undefined)
  assert.equal(inputs(store, "sampler").model, undefined)
  assert.deepEqual(inputs(store, "sampler").positive, ["prompt", 0])
})

test("Ctrl and Alt on a socket cut its links", () => {
  const {scene, store, click} = desk()
  click(at(socket(scene, "load", "CLIP", "out")), {ctrl: true, alt: true})
  assert.equal(inputs(store, "prompt").clip, undefined)
})

test("a link is bent by Alt and a drag, again before and behind", () => {
  const {scene, store, session, drag, click} = desk()
  const middle = () => {
    const {points: [a, b]} = scene.links.get("prompt/clip")
    return {x: (a.x + b.x) / 2, y: (a.y + b.y) / 2}
  }
  const held = drag([middle(), {x: 300, y: -200}], {alt: true})
  assert.deepEqual(session.draft, {kind: "bend", link: "prompt/clip", index: 0, to: {x: 300, y: -200}})
  held.drop()
  const [first] = Object.keys(store.graph.reroutes)
  assert.deepEqual(store.graph.reroutes[first], {input: "prompt/clip", place: [300, -200], before: null})
  click(middle(), {alt: true})
  assert.equal(scene.links.get("prompt/clip").points.length, 4)
  store.undo()
  store.undo()
  assert.equal(store.graph.reroutes, undefined)
})

test("a link to a node with several sides of a subgraph's border is cut whole", () => {
  const graph = {format: "easel/1", nodes: {}, subgraphs: {s: {name: "Two", inputs: [],
    outputs: [{name: "a", type: "CLIP", from: ["load", 1]}, {name: "b", type: "CLIP", from: ["load", 1]}],
    nodes: {load: {class_type: "Load", look: {place: [0, 0]}}}}}}
  const {scene, store, session, drag} = desk(graph)
  session.set({where: ["subgraphs", "s"], instances: ["i"]})
  const {x} = scene.links.get("@out/a").points[0]
  drag([{x: x + 40, y: -300}, {x: x + 40, y: 500}], {ctrl: true, shift: true}).drop()
  assert.deepEqual(store.graph.subgraphs.s.outputs, [{name: "a", type: "CLIP"}, {name: "b", type: "CLIP"}])
})

test("a link let go on the border of a subgraph makes a socket there", () => {
  const graph = {format: "easel/1",
    nodes: {i: {class_type: "subgraph/s", look: {place: [0, 0]}}},
    subgraphs: {s: {name: "One", inputs: [], outputs: [],
      nodes: {skip: {class_type: "Skip", inputs: {depth: 2}, look: {place: [0, 0]}}}}}}
  const {scene, store, session, drag} = desk(graph)
  session.set({where: ["subgraphs", "s"], instances: ["i"]})
  const border = id => {
    const {box} = scene.nodes.get(id)
    return {x: box.x + box.w / 2, y: box.y + 17}
  }
  drag([at(socket(scene, "skip", "clip")), {x: -40, y: 300}, border("@in")]).drop()
  drag([at(socket(scene, "skip", "CLIP", "out")), {x: 300, y: 300}, border("@out")]).drop()
  const {inputs: taken, outputs} = store.graph.subgraphs.s
  assert.deepEqual(taken, [{name: "clip", type: "CLIP"}])
  assert.deepEqual(outputs, [{name: "CLIP", type: "CLIP", from: ["skip", 0]}])
  assert.deepEqual(store.graph.subgraphs.s.nodes.skip.inputs.clip, ["@in", 0])
})

test("the border of a subgraph is neither selected nor moved", () => {
  const graph = {format: "easel/1", nodes: {}, subgraphs: {s: {name: "One",
    inputs: [{name: "clip", type: "CLIP"}], outputs: [],
    nodes: {skip: {class_type: "Skip", look: {place: [0, 0]}}}}}}
  const {scene, store, session, drag, click} = desk(graph)
  session.set({where: ["subgraphs", "s"], instances: ["i"]})
  const {box} = scene.nodes.get("@in")
  const at = {x: box.x + 60, y: box.y + 17}
  click(at)
  assert.equal(session.selection.size, 0)
  drag([at, {x: at.x + 50, y: at.y}]).drop()
  assert.equal(store.canUndo, false)
})
