/** What a camera sees, and that zooming keeps what is under the pointer. */

import assert from "node:assert/strict"
import {test} from "node:test"
import {
  MAX_ZOOM, MIN_ZOOM, centred, fitted, panBy, seen, toCanvas, toScreen, zoomAt,
} from "../../../web/view/camera.js"

const CAMERA = {x: -120, y: 40, zoom: 0.7}

test("a point on the screen and on the canvas are one", () => {
  const there = toScreen(CAMERA, toCanvas(CAMERA, {x: 311, y: 17}))
  assert.ok(Math.hypot(there.x - 311, there.y - 17) < 1e-9)
})

test("what is under the pointer stays under it while zooming", () => {
  const pointer = {x: 640, y: 200}
  const before = toCanvas(CAMERA, pointer)
  const after = toCanvas(zoomAt(CAMERA, pointer, 1.7), pointer)
  assert.ok(Math.hypot(before.x - after.x, before.y - after.y) < 1e-9)
})

test("zooming ends at both ends", () => {
  assert.equal(zoomAt(CAMERA, {x: 0, y: 0}, 1e9).zoom, MAX_ZOOM)
  assert.equal(zoomAt(CAMERA, {x: 0, y: 0}, 1e-9).zoom, MIN_ZOOM)
})

test("the canvas follows the hand", () => {
  const held = toCanvas(CAMERA, {x: 100, y: 100})
  const moved = panBy(CAMERA, 35, -20)
  assert.deepEqual(round(toScreen(moved, held)), {x: 135, y: 80})
})

test("a fitted box lies in the middle of what panels leave free", () => {
  const screen = {w: 1000, h: 600}
  const box = {x: 50, y: 900, w: 3000, h: 300}
  const camera = fitted(box, screen, {covered: {left: 0, top: 48, right: 280, bottom: 0}})
  const left = toScreen(camera, {x: box.x, y: box.y})
  const right = toScreen(camera, {x: box.x + box.w, y: box.y + box.h})
  assert.ok(left.x >= 47 && right.x <= 720 - 47)
  assert.ok(Math.abs((left.x + right.x) / 2 - 360) < 1e-6)
  assert.ok(Math.abs((left.y + right.y) / 2 - (48 + 276)) < 1e-6)
})

test("a small box is not blown up", () => {
  assert.equal(fitted({x: 0, y: 0, w: 10, h: 10}, {w: 1000, h: 600}).zoom, 1)
})

test("a centred point is in the middle of what is seen", () => {
  const screen = {w: 800, h: 600}
  const box = seen(centred(CAMERA, {x: 5, y: 6}, screen), screen)
  assert.deepEqual(round({x: box.x + box.w / 2, y: box.y + box.h / 2}), {x: 5, y: 6})
})

function round({x, y}) {
  return {x: Math.round(x * 1e6) / 1e6, y: Math.round(y * 1e6) / 1e6}
}
