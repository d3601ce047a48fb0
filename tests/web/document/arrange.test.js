// @ts-check
/** Things in line, apart evenly, and in layers. */

import assert from "node:assert/strict"
import {test} from "node:test"

import {align, arrange, arranged, distribute} from "../../../web/document/arrange.js"
import {apply} from "../../../web/document/ops.js"
import {Chance} from "./random.js"

/** @import {Box, Graph, Op} from "../../../web/types.js" */

const BOXES = new Map([
  ["nodes/a", {x: 0, y: 0, w: 100, h: 40}],
  ["nodes/b", {x: 130, y: 60, w: 200, h: 100}],
  ["groups/g", {x: 500, y: 20, w: 50, h: 300}],
])

/** @param {Op[]} ops */
function values(ops) {
  return Object.fromEntries(ops.map(({path, value}) => [path, value]))
}

test("sides and middles are put in line", () => {
  assert.deepEqual(values(align([], BOXES, "left")),
    {"nodes/b/look/place": [0, 60], "groups/g/box": [0, 20, 50, 300]})
  assert.deepEqual(values(align([], BOXES, "bottom")),
    {"nodes/a/look/place": [0, 280], "nodes/b/look/place": [130, 220]})
  assert.deepEqual(values(align(["subgraphs", "s"], BOXES, "middle")), {
    "subgraphs/s/nodes/a/look/place": [0, 140],
    "subgraphs/s/nodes/b/look/place": [130, 110],
    "subgraphs/s/groups/g/box": [500, 10, 50, 300],
  })
})

test("the same room is left between things, and none overlap", () => {
  assert.deepEqual(values(distribute([], BOXES, "across")), {"nodes/b/look/place": [200, 60]})
  assert.deepEqual(values(distribute([], BOXES, "down")),
    {"nodes/b/look/place": [130, 40], "groups/g/box": [500, 140, 50, 300]})
})

test("what feeds lies left of what is fed, and what has no input beside its consumer", () => {
  const places = arrange(graph().nodes ? graph() : {}, sizes(graph()))
  const x = (/** @type {string} */ id) => places.get(id)?.[0] ?? NaN
  assert.ok(x("loader") < x("prompt") && x("prompt") < x("sampler") && x("sampler") < x("save"))
  assert.equal(x("latent"), x("prompt"))
})

test("no two nodes overlap, whatever the graph; rings and long rows too", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const chance = new Chance(seed)
    /** @type {any} */
    const nodes = {}
    const count = chance.whole(1, 30)
    for (let n = 0; n < count; n++) {
      const links = Array.from({length: chance.whole(0, 3)}, (_, at) =>
        [`i${at}`, [`n${chance.whole(0, count - 1)}`, 0]])
      nodes[`n${n}`] = {class_type: "X", inputs: Object.fromEntries(links)}
    }
    const all = new Map(Object.keys(nodes).map(id =>
      [id, {w: chance.whole(100, 400), h: chance.whole(40, 600)}]))
    const places = arrange({nodes}, all)
    assert.equal(places.size, count)
    const boxes = [...all].map(([id, size]) => {
      const [x, y] = places.get(id) ?? [NaN, NaN]
      return {x, y, ...size}
    })
    boxes.forEach((one, at) => boxes.slice(at + 1).forEach(other => assert.ok(apart(one, other), `seed ${seed}`)))
    assert.equal(Math.min(...boxes.map(({y}) => y)), 0)
  }
})

test("ten thousand nodes in a row are laid out at once", () => {
  /** @type {any} */
  const nodes = {n0: {class_type: "X"}}
  for (let n = 1; n < 10_000; n++) nodes[`n${n}`] = {class_type: "X", inputs: {a: [`n${n - 1}`, 0]}}
  const began = performance.now()
  const places = arrange({nodes}, new Map(Object.keys(nodes).map(id => [id, {w: 210, h: 80}])))
  assert.equal(places.size, 10_000)
  assert.ok(performance.now() - began < 3000)
})

test("what is arranged keeps its corner", () => {
  const all = graph()
  const boxes = new Map(Object.keys(all.nodes ?? {}).map((id, at) =>
    [`nodes/${id}`, {x: 500 + 10 * at, y: 300, w: 210, h: 80}]))
  apply(all, arranged(all, [], boxes))
  const places = Object.values(all.nodes ?? {}).map(({look}) => look?.place ?? [500, 300])
  assert.deepEqual([Math.min(...places.map(([x]) => x)), Math.min(...places.map(([, y]) => y))], [500, 300])
})

/** @returns {Graph} */
function graph() {
  return {format: "easel/1", nodes: {
    loader: {class_type: "L"},
    latent: {class_type: "E"},
    prompt: {class_type: "P", inputs: {clip: ["loader", 1]}},
    sampler: {class_type: "K", inputs: {model: ["loader", 0], positive: ["prompt", 0], latent: ["latent", 0]}},
    save: {class_type: "S", inputs: {images: ["sampler", 0]}},
  }}
}

/** @param {Graph} all */
function sizes(all) {
  return new Map(Object.keys(all.nodes ?? {}).map(id => [id, {w: 210, h: 80}]))
}

/** @param {Box} a @param {Box} b @returns {boolean} */
function apart(a, b) {
  return a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y
}

test("groups stay around what they hold and notes are not covered", () => {
  /** @type {any} */
  const graph = {format: "easel/1", nodes: {
    a: {class_type: "X"}, b: {class_type: "X", inputs: {i: ["a", 0]}},
  }}
  /** @type {Map<string, Box>} */
  const boxes = new Map([
    ["nodes/b", {x: 0, y: 0, w: 100, h: 40}],
    ["nodes/a", {x: 0, y: 600, w: 100, h: 40}],
    ["groups/in", {x: -24, y: 520, w: 148, h: 200}],
    ["groups/out", {x: -50, y: 500, w: 200, h: 240}],
    ["groups/none", {x: 900, y: 900, w: 50, h: 50}],
    ["notes/n", {x: 150, y: 10, w: 100, h: 50}],
    ["notes/far", {x: 900, y: 10, w: 100, h: 50}],
  ])
  assert.deepEqual(values(arranged(graph, [], boxes)), {
    "nodes/b/look/place": [192, 0], "nodes/a/look/place": [0, 0],
    "groups/in/box": [-24, -58, 148, 122], "groups/out/box": [-48, -116, 196, 204],
    "notes/n/box": [0, 136, 100, 50],
  })
})

test("reroutes lie in a row between the ends of their link, wherever those have gone", () => {
  /** @type {Graph} */
  const graph = {
    format: "easel/1",
    nodes: {
      a: {class_type: "A", look: {place: [900, 500]}},
      b: {class_type: "B", inputs: {in: ["a", 0]}, look: {place: [0, 0]}},
      c: {class_type: "C", inputs: {in: ["x", 0]}, look: {place: [0, 2000]}},
    },
    reroutes: {
      late: {input: "b/in", place: [500, 70], before: null},
      early: {input: "b/in", place: [400, 60], before: "late"},
      still: {input: "c/in", place: [-50, 2000], before: null},
    },
  }
  const boxes = new Map([
    ["nodes/a", {x: 900, y: 500, w: 100, h: 100}], ["nodes/b", {x: 0, y: 0, w: 100, h: 100}],
  ])
  const bent = new Map([
    ["b/in", [{x: 1000, y: 550}, {x: 0, y: 20}]], ["c/in", [{x: -90, y: 2000}, {x: 0, y: 2000}]],
  ])
  const ops = arranged(graph, [], boxes, /** @type {any} */ (bent))
  assert.equal(ops.filter(({path}) => path.includes("still")).length, 0)
  apply(graph, ops)
  const [start, end] = [{x: 100, y: 50}, {x: 192, y: 20}]
  const at = (/** @type {number} */ part) => [
    Math.round(start.x + (end.x - start.x) * part), Math.round(start.y + (end.y - start.y) * part)]
  assert.deepEqual(graph.nodes?.b.look?.place, [192, 0])
  assert.deepEqual(graph.reroutes?.early.place, at(1 / 3))
  assert.deepEqual(graph.reroutes?.late.place, at(2 / 3))
})
