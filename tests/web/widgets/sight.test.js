// @ts-check
import assert from "node:assert/strict"
import {test} from "node:test"
import {fitted, moved, toPicture, zoomed} from "../../../web/widgets/sight.js"

test("a picture is seen whole, in the middle", () => {
  const sight = fitted({w: 1000, h: 500}, {w: 532, h: 532})
  assert.deepEqual(sight, {x: 16, y: 141, zoom: 0.5})
})

test("what lies under the pointer stays there while one zooms", () => {
  const sight = {x: 10, y: 20, zoom: 1}, at = {x: 110, y: 70}
  const before = toPicture(sight, at), after = toPicture(zoomed(sight, at, 2.5), at)
  assert.ok(Math.abs(before.x - after.x) < 1e-9 && Math.abs(before.y - after.y) < 1e-9)
})

test("zoom has ends", () => {
  assert.equal(zoomed({x: 0, y: 0, zoom: 1}, {x: 0, y: 0}, 1e9).zoom, 40)
  assert.equal(zoomed({x: 0, y: 0, zoom: 1}, {x: 0, y: 0}, 1e-9).zoom, 0.02)
})

test("a picture can't be lost outside of the stage", () => {
  const picture = {w: 100, h: 100}, stage = {w: 400, h: 400}
  const far = moved({x: 0, y: 0, zoom: 1}, -999, 999, picture, stage)
  assert.deepEqual(far, {x: -52, y: 352, zoom: 1})
})
