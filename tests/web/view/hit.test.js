/** What lies under a point is what the eye sees there. */

import assert from "node:assert/strict"
import {test} from "node:test"
import {pointAt, spansOf} from "../../../web/view/route.js"
import {row, sceneOf} from "./scenes.js"

function full() {
  return sceneOf({
    ...row(),
    groups: {
      outer: {title: "Outer", box: [-100, -400, 2000, 1600]},
      inner: {title: "Inner", box: [0, 500, 400, 300]},
    },
    notes: {n: {text: "hello", box: [500, 600, 200, 100]}},
  }).scene
}

test("a dot is meant from either side of the border", () => {
  const scene = full()
  const dot = scene.nodes.get("c").sockets.find(({name}) => name === "model")
  for (const dx of [-8, 0, 8]) {
    const hit = scene.at({x: dot.x + dx, y: dot.y}, 1)
    assert.equal(hit.kind, "socket")
    assert.equal(hit.socket.name, "model")
  }
})

test("from far away a node is meant, not its dots", () => {
  const scene = full()
  const dot = scene.nodes.get("c").sockets.find(({name}) => name === "model")
  assert.equal(scene.at({x: dot.x + 4, y: dot.y}, 0.1).kind, "node")
})

test("header, widget and corner of a node are told apart", () => {
  const scene = full()
  const {box, widgets} = scene.nodes.get("c")
  const header = scene.at({x: box.x + 60, y: box.y + 10}, 1)
  assert.deepEqual(header, {kind: "node", node: "c", header: true})
  const widget = scene.at({x: widgets[0].box.x + 40, y: widgets[0].box.y + 9}, 1)
  assert.equal(widget.kind, "widget")
  assert.equal(widget.widget.name, "steps")
  const corner = scene.at({x: box.x + box.w - 3, y: box.y + box.h - 3}, 1)
  assert.deepEqual(corner, {kind: "corner", key: "nodes/c"})
})

test("a link is meant near its curve", () => {
  const scene = full()
  const link = scene.links.get("d/images")
  const on = pointAt(spansOf(link.points)[0], 0.5)
  const hit = scene.at({x: on.x, y: on.y + 3}, 1)
  assert.equal(hit.kind, "link")
  assert.equal(hit.link.key, "d/images")
  assert.notEqual(scene.at({x: on.x, y: on.y + 40}, 1).kind, "link")
})

test("the group within a group is meant before it", () => {
  const scene = full()
  assert.deepEqual(scene.at({x: 100, y: 510}, 1), {kind: "group", id: "inner", header: true})
  assert.deepEqual(scene.at({x: 100, y: 650}, 1), {kind: "group", id: "inner", header: false})
  assert.equal(scene.at({x: 1000, y: 700}, 1).id, "outer")
})

test("notes and their corners are found", () => {
  const scene = full()
  assert.deepEqual(scene.at({x: 520, y: 620}, 1), {kind: "note", id: "n"})
  assert.deepEqual(scene.at({x: 698, y: 698}, 1), {kind: "corner", key: "notes/n"})
})

test("where nothing is, nothing is found", () => {
  assert.deepEqual(full().at({x: -5000, y: 0}, 1), {kind: "nothing"})
})

test("the sign of a problem opens its sentence", () => {
  const {scene, problems, happened} = sceneOf(row())
  problems.set("c", [{type: "t", message: "m", text: "wants a model"}])
  happened.emit({nodes: new Set(), queue: false, problems: true, worker: false})
  const {box} = scene.nodes.get("c")
  const sign = scene.at({x: box.x + box.w - 18, y: box.y + 17}, 1)
  assert.deepEqual(sign, {kind: "problem", node: "c"})
})

test("the sentence of a node that failed lies over the node below it", () => {
  const graph = row()
  const {box: above} = sceneOf(row()).scene.nodes.get("c")
  graph.nodes.d.look.place = [above.x, above.y + above.h + 4]
  const {scene, runs, happened} = sceneOf(graph)
  runs.set("c", {pictures: [], text: [], preview: "", state: "failed", error: {type: "t", text: "No."}})
  happened.emit({nodes: new Set(["c"]), queue: false, problems: true, worker: false})
  const {box: {x, y, w}} = scene.nodes.get("c").fault
  assert.equal(scene.nodes.get("d").box.y < y, true)
  assert.deepEqual(scene.at({x: x + 5, y: y + 5}, 1), {kind: "problem", node: "c"})
  assert.equal(scene.at({x: x + 5, y: y + 5}, 0.3).node, "d", "from afar it is not drawn")
  assert.equal(scene.at({x: x + w + 40, y: y + 5}, 1).node, "d", "beside it nothing is covered")
})
