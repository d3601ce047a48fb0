import assert from "node:assert/strict"
import {test} from "node:test"

import {Keep} from "../../../web/net/keep.js"
import {roomIn} from "../../../web/net/room.js"

/** A storage with room for so many letters. @returns {any} */
function storage(most = 1000) {
  const kept = new Map()
  return {
    get length() { return kept.size },
    key: at => [...kept.keys()][at] ?? null,
    getItem: key => kept.get(key) ?? null,
    removeItem: key => void kept.delete(key),
    setItem: (key, text) => {
      if (text.length > most) throw new Error("QuotaExceededError")
      kept.set(key, text)
    },
  }
}

test("what finds room is remembered, and what does not costs nothing else", () => {
  const held = storage(5)
  const room = roomIn(() => held)
  room.setItem("a", "short")
  room.setItem("b", "far too long")
  assert.deepEqual([room.getItem("a"), room.getItem("b"), room.length, room.key(0)], ["short", null, 1, "a"])
  room.removeItem("a")
  assert.equal(room.length, 0)
})

test("a browser that forbids its storage remembers nothing, and the page goes on", () => {
  const room = roomIn(() => { throw new Error("SecurityError") })
  room.setItem("a", "b")
  room.removeItem("a")
  assert.deepEqual([room.getItem("a"), room.length, room.key(0)], [null, 0, null])
})

test("an edit that finds no room lives as long as the page", () => {
  const keep = new Keep(roomIn(() => storage(3)))
  keep.add("doc", {client: "me", clock: 1, ops: []})
  assert.deepEqual(keep.of("doc"), [])
})
