import assert from "node:assert/strict"
import {mock, test} from "node:test"

import {PageSession, freshSession} from "../../../web/page/session.js"
import {Together, colourOfClient} from "../../../web/page/together.js"

/** @returns {any} */
function made() {
  const said = [], session = new PageSession(), shown = {doc: "a"}
  const together = new Together({
    session, client: "me", name: () => "Mei", doc: () => shown.doc,
    say: (doc, data) => said.push({doc, ...data}),
  })
  return {said, session, shown, together}
}

test("many moves of the pointer become one word about the last", () => {
  mock.timers.enable({apis: ["setTimeout"]})
  const {said, together} = made()
  for (let x = 0; x < 10; x++) together.at({x, y: 1})
  mock.timers.tick(60)
  mock.timers.reset()
  assert.equal(said.length, 1)
  assert.deepEqual(said[0].cursor, {x: 9, y: 1})
  assert.equal(said[0].name, "Mei")
})

test("who looks at another document points at nothing in the one before", () => {
  mock.timers.enable({apis: ["setTimeout"]})
  const {said, session, shown, together} = made()
  session.set({selection: new Set(["nodes/a"])})
  together.at({x: 3, y: 1})
  mock.timers.tick(60)
  together.at({x: 4, y: 1})
  shown.doc = "b"
  session.swap(freshSession())
  mock.timers.tick(60)
  mock.timers.reset()
  assert.deepEqual(said.map(({doc, cursor, selection}) => [doc, cursor, selection]), [
    ["a", {x: 3, y: 1}, ["nodes/a"]], ["a", null, []], ["b", null, []],
  ])
})

test("a drag is told by its distance, for it is no edit yet", () => {
  mock.timers.enable({apis: ["setTimeout"]})
  const {said, session} = made()
  session.set({draft: {kind: "move", keys: new Set(["nodes/a"]), dx: 3, dy: 4, onto: null}})
  mock.timers.tick(60)
  mock.timers.reset()
  assert.deepEqual(said[0].drag, {keys: ["nodes/a"], dx: 3, dy: 4})
})

test("of thousands that are held only some are told, many times a second", () => {
  mock.timers.enable({apis: ["setTimeout"]})
  const {said, session} = made()
  const keys = Array.from({length: 9000}, (_, number) => `nodes/${number}`)
  session.set({selection: new Set(keys), draft: {kind: "move", keys: new Set(keys), dx: 5, dy: 0}})
  mock.timers.tick(60)
  mock.timers.reset()
  assert.deepEqual(said[0].selection, keys.slice(0, 500))
  assert.deepEqual(said[0].drag.keys, keys.slice(0, 500))
})

test("somebody is heard of, moves and goes; nonsense in a message does no harm", () => {
  const {together} = made()
  let peers = together.heard(new Map(), {
    client: "you", name: "Yan", cursor: {x: 1, y: 2}, where: [], selection: ["nodes/b", 7], drag: {},
  })
  assert.deepEqual(peers.get("you"), {
    client: "you", name: "Yan", colour: colourOfClient("you"), where: [],
    cursor: {x: 1, y: 2}, selection: ["nodes/b"], drag: null,
  })
  peers = together.heard(peers, {client: "me", cursor: {x: 0, y: 0}})
  assert.deepEqual([...peers.keys()], ["you"])
  assert.equal(together.heard(peers, {client: "you", gone: true}).size, 0)
  assert.equal(together.heard(peers, {client: "odd", cursor: "here", selection: 3}).get("odd").cursor, null)
})
