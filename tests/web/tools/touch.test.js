import assert from "node:assert/strict"
import {test} from "node:test"

import {Fingers, pinched} from "../../../web/tools/touch.js"
import {toCanvas} from "../../../web/view/camera.js"

test("canvas points stay under the two fingers that pinch", () => {
  const camera = {x: 10, y: 20, zoom: 0.5}
  const from = [{x: 100, y: 100}, {x: 200, y: 100}]
  const to = [{x: 140, y: 160}, {x: 340, y: 160}]
  const after = pinched(camera, from, to)
  assert.equal(after.zoom, 1)
  for (const i of [0, 1]) assert.deepEqual(toCanvas(after, to[i]), toCanvas(camera, from[i]))
})

test("two fingers that move alike only move the canvas", () => {
  const camera = {x: 0, y: 0, zoom: 2}
  const after = pinched(camera, [{x: 0, y: 0}, {x: 10, y: 0}], [{x: 20, y: 8}, {x: 30, y: 8}])
  assert.deepEqual(after, {x: -10, y: -4, zoom: 2})
})

test("a lifted finger leaves no pair", () => {
  const fingers = new Fingers()
  fingers.put(1, {x: 0, y: 0})
  fingers.put(2, {x: 1, y: 1})
  assert.equal(fingers.pair().length, 2)
  fingers.lift(1)
  assert.equal(fingers.pair(), null)
})
