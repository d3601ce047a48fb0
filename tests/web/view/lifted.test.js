/** What hands hold: left out of its place, drawn where it is held. */

import assert from "node:assert/strict"
import {test} from "node:test"
import {
  followersOf, heldLink, heldNode, hiddenBy, holdAlike, holdsKind, holdsOf,
} from "../../../web/view/lifted.js"
import {litBy, marksOf, strengthsOf} from "../../../web/view/marks.js"
import {row, sceneOf} from "./scenes.js"

const SESSION = {
  where: [], instances: [], selection: new Set(), camera: {x: 0, y: 0, zoom: 1},
  hover: {kind: "nothing"}, draft: null, peers: new Map(), screen: {w: 100, h: 100},
}
const moving = (keys, dx, dy, more = {}) => ({
  ...SESSION, draft: {kind: "move", keys: new Set(keys), dx, dy, onto: null, ...more},
})

test("a link follows the end that is held", () => {
  const {scene} = sceneOf(row())
  const holds = holdsOf(moving(["nodes/c"], 30, 40), scene)
  const link = scene.links.get("c/words")
  const held = heldLink(link, holds, scene)
  assert.deepEqual(held.points[0], link.points[0])
  assert.deepEqual(held.points[1], {x: link.points[1].x + 30, y: link.points[1].y + 40})
})

test("a node that is resized takes its outputs along", () => {
  const {scene} = sceneOf(row())
  const {box} = scene.nodes.get("c")
  const draft = {kind: "size", key: "nodes/c", box: {...box, w: box.w + 60}}
  const holds = holdsOf({...SESSION, draft}, scene)
  const link = scene.links.get("d/images")
  assert.equal(heldLink(link, holds, scene).points[0].x, link.points[0].x + 60)
})

test("a node of a new size is laid out once for a size, however often it is drawn", () => {
  const {scene, store} = sceneOf(row())
  const place = scene.nodes.get("c")
  const held = (w) => {
    const draft = {kind: "size", key: "nodes/c", box: {...place.box, w}}
    return holdsOf({...SESSION, draft}, scene).get("nodes/c")
  }
  const hold = held(400)
  const {version, box} = heldNode(place, hold, scene)
  assert.equal(box.w, 400)
  assert.equal(heldNode(place, hold, scene).version, version)
  assert.equal(heldNode(place, held(500), scene).box.w, 500)
  store.edit([{op: "set", path: "nodes/c/look/title", value: "Another"}])
  assert.equal(heldNode(scene.nodes.get("c"), hold, scene).title, "Another")
})

test("what is held and its links are not drawn at their place", () => {
  const {scene} = sceneOf(row())
  const session = moving(["nodes/c"], 1, 1)
  const {things, links} = hiddenBy(session, holdsOf(session, scene), scene)
  assert.deepEqual([...things], ["nodes/c"])
  assert.deepEqual([...links].sort(), ["c/model", "c/words", "d/images"])
})

test("the same things in the hand are alike wherever it is, others and copies are not", () => {
  const {scene} = sceneOf(row())
  const of = (...given) => holdsOf(moving(...given), scene)
  const held = of(["nodes/c", "groups/g"], 1, 1)
  assert.ok(holdAlike(held, of(["nodes/c", "groups/g"], 90, 5)))
  assert.ok(!holdAlike(held, of(["nodes/c", "nodes/d"], 1, 1)))
  assert.ok(!holdAlike(held, of(["nodes/c"], 1, 1)))
  assert.ok(!holdAlike(held, of(["nodes/c", "groups/g"], 1, 1, {copy: true})))
  assert.ok(holdsKind(held, "groups/") && !holdsKind(held, "notes/"))
})

test("copies leave their originals where they are", () => {
  const {scene} = sceneOf(row())
  const session = moving(["nodes/c"], 1, 1, {copy: true})
  assert.equal(hiddenBy(session, holdsOf(session, scene), scene).things.size, 0)
})

test("links in the hand are not drawn at their place", () => {
  const {scene} = sceneOf(row())
  const draft = {
    kind: "link", from: scene.nodes.get("a").sockets[0], to: {x: 0, y: 0}, over: null,
    fitting: new Set(), taken: new Set(["c/model"]),
  }
  assert.deepEqual([...hiddenBy({...SESSION, draft}, new Map(), scene).links], ["c/model"])
})

test("a peer's drag is seen on the same canvas only", () => {
  const {scene} = sceneOf(row())
  const peer = {
    client: "p", name: "P", colour: "#fff", cursor: null, selection: [],
    drag: {keys: ["nodes/a"], dx: 5, dy: 6},
  }
  const there = (where) => holdsOf({...SESSION, peers: new Map([["p", {...peer, where}]])}, scene)
  assert.equal(there([]).get("nodes/a").dx, 5)
  assert.equal(there(["subgraphs", "x"]).size, 0)
})

test("a reroute that is held takes its link along", () => {
  const r = {input: "d/images", place: [940, 300], before: null}
  const {scene} = sceneOf({...row(), reroutes: {r}})
  assert.deepEqual([...followersOf(["reroutes/r"], scene)], ["d/images"])
  const holds = holdsOf(moving(["reroutes/r"], 10, 0), scene)
  assert.deepEqual(heldLink(scene.links.get("d/images"), holds, scene).points[1], {x: 950, y: 300})
})

test("a socket lights its links, a selection dims the others", () => {
  const {scene} = sceneOf(row())
  const clip = scene.nodes.get("a").sockets.find(({name}) => name === "CLIP")
  const lit = litBy({kind: "socket", socket: clip}, scene.book)
  assert.deepEqual([...lit], ["b/clip"])
  const strength = strengthsOf(lit, new Set(["d"]))
  const of = (key) => strength(scene.links.get(key))
  assert.deepEqual([of("b/clip"), of("d/images"), of("c/model")], ["lit", "plain", "dim"])
})

test("a value that a hand drags is marked on its node alone", () => {
  const marks = marksOf({...SESSION, draft: {kind: "value", node: "c", name: "steps", value: 33}})
  assert.deepEqual(marks("c").value, {kind: "value", node: "c", name: "steps", value: 33})
  assert.equal(marks("a").value, null)
})
