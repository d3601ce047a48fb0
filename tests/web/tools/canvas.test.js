import assert from "node:assert/strict"
import {test} from "node:test"

import {Panning} from "../../../web/tools/pan.js"
import {Pinching, Fingers} from "../../../web/tools/touch.js"
import {desk, header} from "./desk.js"

const BARE = {x: 300, y: 400}

test("a drag of the bare canvas moves it, Escape takes it back", () => {
  const {session, hand, drag} = desk()
  drag([BARE, {x: 340, y: 390}])
  assert.deepEqual(session.camera, {x: -40, y: 10, zoom: 1})
  hand.cancel()
  assert.deepEqual(session.camera, {x: 0, y: 0, zoom: 1})
})

test("the middle button moves the canvas wherever it is pressed", () => {
  const {scene, store, session, drag} = desk()
  const from = header(scene, "prompt")
  drag([from, {x: from.x + 25, y: from.y}], {button: 1}).drop()
  assert.equal(session.camera.x, -25)
  assert.equal(store.canUndo, false)
})

test("with the space bar a drag over a node moves the canvas, without it the node again", () => {
  const {hand, scene, store, session, drag} = desk()
  assert.equal(hand.key({key: " ", down: true}, {}), true)
  assert.equal(hand.tool.cursor, "grab")
  const from = header(scene, "prompt")
  drag([from, {x: from.x + 25, y: from.y}]).drop()
  assert.equal(session.camera.x, -25)
  hand.key({key: " ", down: true}, {})
  hand.key({key: " ", down: false}, {})
  drag([from, {x: from.x + 25, y: from.y}]).drop()
  assert.deepEqual(store.graph.nodes.prompt.look.place, [425, 0])
})

test("with Ctrl a drag selects what its box touches, groups only whole", () => {
  const {session, drag} = desk()
  const held = drag([{x: 350, y: -30}, {x: 950, y: 150}], {ctrl: true})
  assert.equal(session.draft.kind, "box")
  held.drop()
  assert.deepEqual([...session.selection].sort(), ["nodes/prompt", "nodes/sampler"])
  drag([{x: 350, y: -100}, {x: 950, y: 400}], {ctrl: true}).drop()
  assert.ok(session.selection.has("groups/g"))
})

test("Shift adds to what is selected, Escape brings that back", () => {
  const {hand, session, drag} = desk()
  session.set({selection: new Set(["notes/n"])})
  drag([{x: -50, y: -90}, {x: 100, y: 20}], {shift: true})
  assert.deepEqual([...session.selection], ["notes/n", "nodes/load"])
  hand.cancel()
  assert.deepEqual([...session.selection], ["notes/n"])
})

test("a plain drag draws boxes where that is set", () => {
  const {session, drag} = desk(undefined, {"canvas.drag": "select"})
  drag([{x: -50, y: -90}, {x: 100, y: 20}]).drop()
  assert.deepEqual([...session.selection], ["nodes/load"])
  assert.equal(session.camera.x, 0)
})

test("a double click on the bare canvas asks for a node", () => {
  const {said, twice} = desk()
  twice(BARE)
  assert.deepEqual(said, [["addNode", BARE]])
})

test("a hand that trembles has clicked", () => {
  const {scene, store, session, drag} = desk()
  const from = header(scene, "prompt")
  drag([from, {x: from.x + 2, y: from.y + 2}]).drop()
  assert.equal(store.canUndo, false)
  assert.deepEqual([...session.selection], ["nodes/prompt"])
})

test("what lies under the resting hand is known, and told once", () => {
  const {hand, scene, session, touch} = desk()
  const heard = []
  session.on(names => heard.push(...names))
  const {x, y} = header(scene, "prompt")
  hand.move(touch({x, y}))
  hand.move(touch({x: x + 1, y}))
  assert.equal(session.hover.kind, "node")
  assert.deepEqual(heard, ["hover"])
})

test("a finger moves the canvas over a node, and the node once it is selected", () => {
  const {scene, store, session, drag, click} = desk()
  const from = header(scene, "prompt")
  const to = {x: from.x + 50, y: from.y}
  drag([from, to], {touch: true}).drop()
  assert.equal(session.camera.x, -50)
  click(from, {touch: true})
  drag([from, to], {touch: true}).drop()
  assert.deepEqual(store.graph.nodes.prompt.look.place, [450, 0])
})

test("a finger that stays opens the menu, and does nothing more", () => {
  const {hand, scene, said, store, touch} = desk()
  const from = header(scene, "prompt")
  hand.down(touch(from, {touch: true}))
  hand.hold(touch(from, {touch: true}))
  hand.move(touch({x: from.x + 90, y: from.y}, {touch: true}))
  hand.up(touch(from, {touch: true}))
  assert.deepEqual(said, [["menu", from]])
  assert.equal(store.canUndo, false)
})

test("a second finger ends what the first was doing", () => {
  const {app, hand, session, drag} = desk()
  drag([BARE, {x: 340, y: 400}], {touch: true})
  assert.ok(hand.tool instanceof Panning)
  const fingers = new Fingers()
  fingers.put(1, {x: 100, y: 100})
  fingers.put(2, {x: 200, y: 100})
  hand.start(new Pinching(app, fingers))
  assert.equal(session.camera.x, 0)
  fingers.put(2, {x: 300, y: 100})
  hand.move({})
  assert.equal(session.camera.zoom, 2)
  fingers.lift(1)
  hand.up({})
  assert.equal(hand.resting, false)
  fingers.lift(2)
  hand.up({})
  assert.equal(hand.resting, true)
})
