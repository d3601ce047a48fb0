/** Bitmaps of the content: painted once, then again only where something changed. */

import assert from "node:assert/strict"
import {test} from "node:test"
import {SIDE, Tiles} from "../../../web/view/tiles.js"

/** A canvas that draws nothing. */
function paper() {
  const context = new Proxy({}, {get: () => () => {}, set: () => true})
  return {width: 0, height: 0, getContext: () => context}
}

function tiles() {
  const painted = []
  const own = new Tiles(paper, (_, box) => painted.push(box))
  own.setZoom(1, 1)
  return {own, painted}
}

const VIEW = {x: 0, y: 0, w: 3 * SIDE - 1, h: 2 * SIDE - 1}
const never = () => false

test("what is seen is painted once, and then blitted", () => {
  const {own, painted} = tiles()
  assert.ok(own.work(VIEW, never))
  assert.equal(painted.length, 6)
  own.work(VIEW, never)
  assert.equal(painted.length, 6)
})

test("moving on paints what has come into sight alone", () => {
  const {own, painted} = tiles()
  own.work(VIEW, never)
  painted.length = 0
  own.work({...VIEW, x: SIDE}, never)
  assert.deepEqual(painted.map(({x}) => x), [3 * SIDE, 3 * SIDE])
})

test("a change paints only the part that it touched", () => {
  const {own, painted} = tiles()
  own.work(VIEW, never)
  painted.length = 0
  own.touch([{x: SIDE - 10, y: 20, w: 20, h: 10}])
  own.work(VIEW, never)
  assert.equal(painted.length, 2)
  for (const box of painted) assert.ok(box.w < 15 && box.h < 15)
})

test("work ends when the time is over, and goes on at the next frame", () => {
  const {own, painted} = tiles()
  let left = 2
  assert.equal(own.work(VIEW, () => left-- <= 0), false)
  assert.equal(painted.length, 2)
  assert.ok(own.work(VIEW, never))
  assert.equal(painted.length, 6)
})

test("the middle of what is seen comes first", () => {
  const {own, painted} = tiles()
  let left = 1
  own.work({...VIEW, h: SIDE - 1}, () => left-- <= 0)
  assert.equal(painted[0].x, SIDE)
})

test("at another zoom the old bitmaps are shown until the new ones are there", () => {
  const {own} = tiles()
  own.work(VIEW, never)
  own.setZoom(2, 1)
  assert.equal(own.before.zoom, 1)
  let left = 1
  own.work(VIEW, () => left-- <= 0)
  own.setZoom(3, 1)
  assert.equal(own.before.zoom, 1, "a level that was never whole is not kept")
  own.work({x: 0, y: 0, w: 10, h: 10}, never)
  assert.equal(own.before, null)
})

test("bitmaps are whole pixels at a broken pixel ratio", () => {
  const {own, painted} = tiles()
  own.setZoom(0.7, 1.1)
  own.work(VIEW, never)
  const {size, side, scale} = own.level
  assert.equal(size, Math.round(size))
  assert.ok(Math.abs(side * scale - size) < 1e-9)
  for (const {w} of painted) assert.ok(Math.abs(w - side) < 1e-9)
})
