/** The spatial index finds all that is near, and little else. */

import assert from "node:assert/strict"
import {test} from "node:test"
import {touches} from "../../../web/view/boxes.js"
import {GridIndex} from "../../../web/view/grid_index.js"

function thrown(seed) {
  let state = seed
  return () => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32
}

test("everything that touches a box is found, wherever it was put and moved", () => {
  const next = thrown(7)
  const index = new GridIndex(100)
  const boxes = new Map()
  const some = () => ({
    x: next() * 4000 - 2000, y: next() * 4000 - 2000, w: next() * 600, h: next() * 600,
  })
  for (let i = 0; i < 900; i++) {
    const key = `k${Math.floor(next() * 300)}`
    if (next() < 0.2) {
      index.delete(key)
      boxes.delete(key)
    } else {
      const box = some()
      if (next() < 0.5) index.later(key, box, () => [box])
      else index.set(key, [box])
      boxes.set(key, box)
    }
    const asked = some()
    const found = index.near(asked)
    for (const [one, box] of boxes) if (touches(box, asked)) assert.ok(found.has(one))
    for (const one of found) assert.ok(boxes.has(one))
  }
})

test("what is far away is not looked at", () => {
  const index = new GridIndex(100)
  for (let i = 0; i < 1000; i++) index.set(`k${i}`, [{x: i * 150, y: 0, w: 50, h: 50}])
  assert.ok(index.near({x: 0, y: 0, w: 300, h: 300}).size <= 4)
})

test("a thing larger than many cells is always found", () => {
  const index = new GridIndex(10)
  index.set("large", [{x: 0, y: 0, w: 1e5, h: 1e5}])
  assert.ok(index.near({x: 500, y: 500, w: 1, h: 1}).has("large"))
  index.delete("large")
  assert.equal(index.near({x: 500, y: 500, w: 1, h: 1}).size, 0)
})

test("those that wait get their cells when there is time, and are asked about once", () => {
  const asked = []
  const index = new GridIndex(100, act => asked.push(act))
  for (let i = 0; i < 1000; i++) {
    const box = {x: i * 150, y: 0, w: 50, h: 50}
    index.later(`k${i}`, box, () => [box])
  }
  assert.equal(asked.length, 1)
  let left = 8
  asked.pop()(() => left--)
  assert.ok(index.waiting.size > 0 && index.waiting.size < 1000, "as many as there was time for")
  assert.equal(asked.length, 1, "the others next time")
  asked.pop()(() => 50)
  assert.equal(index.waiting.size, 0)
  assert.equal(asked.length, 0)
})

test("an enormous question costs no more than what is there", () => {
  const index = new GridIndex(10)
  index.set("a", [{x: 0, y: 0, w: 5, h: 5}])
  assert.deepEqual([...index.near({x: -1e9, y: -1e9, w: 2e9, h: 2e9})], ["a"])
})

test("thousands that are put at once get their cells a few at a time, and are found before", () => {
  const index = new GridIndex(100)
  let asked = 0
  for (let i = 0; i < 1000; i++) {
    const box = {x: i * 150, y: 0, w: 50, h: 50}
    index.later(`k${i}`, box, () => { asked++; return [box] })
  }
  assert.ok(index.near({x: 140_000, y: 0, w: 8000, h: 50}).has("k950"))
  assert.ok(asked > 0 && asked < 100)
  for (let i = 0; i < 100; i++) index.near({x: 0, y: 0, w: 10, h: 10})
  assert.equal(asked, 1000)
  assert.ok(index.near({x: 140_000, y: 0, w: 8000, h: 50}).size < 60)
})
