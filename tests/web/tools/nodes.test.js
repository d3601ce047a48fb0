import assert from "node:assert/strict"
import {test} from "node:test"

import {writeNote} from "../../../web/tools/press.js"
import {desk, header, socket} from "./desk.js"

const place = (store, id) => store.graph.nodes[id].look.place
const moved = (point, dx, dy) => ({x: point.x + dx, y: point.y + dy})

test("a drag of a node is shown while it lasts and is one edit when it ends", () => {
  const {scene, store, session, drag} = desk()
  const from = header(scene, "prompt")
  const held = drag([from, moved(from, 30, 10), moved(from, 100, 50)])
  assert.deepEqual(session.draft, {kind: "move", keys: new Set(["nodes/prompt"]), dx: 100, dy: 50,
    onto: null, copy: false})
  assert.deepEqual(place(store, "prompt"), [400, 0])
  held.drop()
  assert.equal(session.draft, null)
  assert.deepEqual(place(store, "prompt"), [500, 50])
  assert.equal(store.pending.length, 1)
})

test("Escape takes a drag back without a trace", () => {
  const {hand, scene, store, session, drag} = desk()
  const from = header(scene, "prompt")
  const held = drag([from, moved(from, 100, 50)])
  assert.equal(hand.key({key: "Escape", down: true}, {}), true)
  held.drop()
  assert.equal(session.draft, null)
  assert.equal(store.canUndo, false)
  assert.deepEqual(place(store, "prompt"), [400, 0])
})

test("all that is selected moves together, but nothing that is pinned", () => {
  const {scene, store, session, drag} = desk()
  store.edit([{op: "set", path: "nodes/load/look/pinned", value: true}])
  session.set({selection: new Set(["nodes/load", "nodes/prompt", "notes/n"])})
  const from = header(scene, "prompt")
  drag([from, moved(from, 10, 20)]).drop()
  assert.deepEqual(place(store, "load"), [0, 0])
  assert.deepEqual(place(store, "prompt"), [410, 20])
  assert.deepEqual(store.graph.notes.n.box, [410, 620, 200, 100])
})

test("a group takes along what has its middle in it", () => {
  const {store, session, drag} = desk()
  const from = {x: 390, y: -50}
  drag([from, moved(from, 0, -100)]).drop()
  assert.deepEqual(store.graph.groups.g.box, [380, -160, 330, 260])
  assert.deepEqual(place(store, "prompt"), [400, -100])
  assert.deepEqual(place(store, "load"), [0, 0])
  assert.deepEqual([...session.selection], ["groups/g"])
})

test("Shift brings a node to the grid, and off it where the grid is on", () => {
  for (const [snap, shift, expected] of [[false, true, [408, 24]], [true, false, [408, 24]],
    [true, true, [410, 20]]]) {
    const {scene, store, drag} = desk(undefined, {"canvas.snap": snap})
    const from = header(scene, "prompt")
    drag([from, moved(from, 10, 20)], {shift}).drop()
    assert.deepEqual(place(store, "prompt"), expected)
  }
})

test("with Alt a copy moves and the node stays", () => {
  const {scene, store, session, drag} = desk()
  const from = header(scene, "prompt")
  drag([from, moved(from, 40, 300)], {alt: true}).drop()
  const [key] = session.selection
  const made = store.graph.nodes[key.slice(6)]
  assert.deepEqual(place(store, "prompt"), [400, 0])
  assert.deepEqual(made.look.place, [440, 300])
  assert.equal(made.inputs.text, "hi")
  assert.equal(made.inputs.clip, undefined)
})

test("a free node that is let go over a link is put into it", () => {
  const {scene, store, session, drag} = desk()
  const link = scene.links.get("prompt/clip")
  const middle = {x: (link.points[0].x + link.points[1].x) / 2,
    y: (link.points[0].y + link.points[1].y) / 2}
  const from = header(scene, "skip")
  const held = drag([from, moved(from, 5, 5), middle])
  assert.equal(session.draft.onto, "prompt/clip")
  held.drop()
  assert.deepEqual(store.graph.nodes.skip.inputs.clip, ["load", 1])
  assert.deepEqual(store.graph.nodes.prompt.inputs.clip, ["skip", 0])
  assert.equal(store.pending.length, 1)
})

test("a node that has links is not put into others", () => {
  const {scene, store, session, drag} = desk()
  store.edit([{op: "set", path: "nodes/skip/inputs/clip", value: ["load", 1]}])
  const {points: [a, b]} = scene.links.get("prompt/clip")
  const from = header(scene, "skip")
  drag([from, moved(from, 5, 5), {x: (a.x + b.x) / 2, y: (a.y + b.y) / 2}])
  assert.equal(session.draft.onto, null)
})

test("a click selects, with Shift or Ctrl it adds and takes away", () => {
  const {scene, session, click} = desk()
  click(header(scene, "prompt"))
  assert.deepEqual([...session.selection], ["nodes/prompt"])
  click(header(scene, "load"), {shift: true})
  click(header(scene, "sampler"), {ctrl: true})
  assert.equal(session.selection.size, 3)
  click(header(scene, "load"), {ctrl: true})
  assert.deepEqual([...session.selection], ["nodes/prompt", "nodes/sampler"])
  click({x: 300, y: 400})
  assert.equal(session.selection.size, 0)
})

test("the square at the left of a header collapses, a double click on the title renames in place", () => {
  const {scene, store, said, click, twice} = desk()
  click({x: 412, y: 17})
  assert.equal(store.graph.nodes.prompt.look.collapsed, true)
  click({x: 412, y: 17})
  assert.equal(store.graph.nodes.prompt.look.collapsed, undefined)
  twice(header(scene, "prompt"))
  const [, , name, hand] = said.find(([what]) => what === "open")
  assert.equal(name, "title")
  hand.set("Words")
  assert.equal(store.graph.nodes.prompt.look.title, "Words")
})

test("a double click on a note edits it, one on the title of a group renames it", () => {
  const {store, said, twice} = desk()
  twice({x: 450, y: 620})
  said.at(-1)[3].set("New text")
  assert.equal(store.graph.notes.n.text, "New text")
  twice({x: 390, y: -50})
  said.at(-1)[3].set("Prompts")
  assert.equal(store.graph.groups.g.title, "Prompts")
})

test("a number follows the hand and is one edit; a click opens it", () => {
  const {scene, store, session, said, drag, click} = desk()
  const {box} = scene.nodes.get("sampler").widgets[0]
  const at = {x: box.x + 20, y: box.y + 10}
  const held = drag([at, moved(at, 60, 0)])
  assert.deepEqual(session.draft, {kind: "value", node: "sampler", name: "steps", value: 26})
  held.drop()
  assert.equal(store.graph.nodes.sampler.inputs.steps, 26)
  assert.equal(store.pending.length, 1)
  click(at)
  assert.deepEqual(said.at(-1).slice(0, 3), ["open", "sampler", "steps"])
})

test("a note and its first text are one edit; what is not written makes no note", () => {
  const {app, host, said, store, session} = desk()
  const box = {x: 40, y: 30, w: 240, h: 120}
  writeNote(app, host, box)
  const first = said.at(-1)[3]
  first.leave("stay")
  assert.equal(store.canUndo, false)
  writeNote(app, host, box)
  const hand = said.at(-1)[3]
  hand.set("Hello")
  const [key] = session.selection
  const note = () => store.graph.notes[key.slice(6)]
  assert.deepEqual(note(), {text: "Hello", box: [40, 30, 240, 120]})
  hand.set("Hello you")
  hand.set("")
  assert.equal(note().text, "")
  for (let i = 0; i < 3; i++) store.undo()
  assert.equal(note(), undefined)
  assert.equal(store.canUndo, false)
})

test("a corner resizes a note, and the corner opposite stays", () => {
  const {store, session, drag} = desk()
  const held = drag([{x: 597, y: 697}, {x: 647, y: 717}])
  assert.deepEqual(session.draft.box, {x: 400, y: 600, w: 250, h: 120})
  held.drop()
  assert.deepEqual(store.graph.notes.n.box, [400, 600, 250, 120])
})

test("a corner of a node gives it a size, none that is too small", () => {
  const {scene, store, drag} = desk()
  const {box} = scene.nodes.get("sampler")
  const corner = {x: box.x + box.w - 3, y: box.y + box.h - 3}
  drag([corner, moved(corner, -5000, 40)]).drop()
  assert.deepEqual(store.graph.nodes.sampler.look.size, [120, box.h + 40])
})

test("what was refused is said", () => {
  const {scene, store, said, drag} = desk()
  const from = header(scene, "prompt")
  const held = drag([from, moved(from, 50, 0)])
  store.edit = () => "No."
  held.drop()
  assert.deepEqual(said.at(-1), ["toast", "No.", "bad"])
})

test("sockets are found where the test thinks they are", () => {
  const {scene} = desk()
  const {x, y} = socket(scene, "prompt", "clip")
  assert.equal(scene.at({x, y}, 1).kind, "socket")
})

test("a node that covers a short link whole means it, one with the wrong types does not", () => {
  const {scene, store, session, drag} = desk()
  store.edit([{op: "set", path: "nodes/prompt/look/place", value: [236, 0]}])
  const {box} = scene.nodes.get("skip")
  const from = {x: box.x + 60, y: box.y + 17}
  drag([from, {x: 300, y: 500}, {x: 190, y: 17}])
  assert.equal(session.draft.onto, "prompt/clip")
  drag([header(scene, "skip"), {x: 300, y: 500}, {x: 780, y: 50}])
  assert.equal(session.draft?.onto ?? null, null)
})
