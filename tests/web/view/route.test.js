/** The curves of links. */

import assert from "node:assert/strict"
import {test} from "node:test"
import {grown, holds} from "../../../web/view/boxes.js"
import {
  bend, crosses, distance, linkBox, middle, pieceBoxes, pointAt, sampled, span, spansOf,
} from "../../../web/view/route.js"

const START = {x: 0, y: 0}
const END = {x: 300, y: 120}

test("a link is level at both ends", () => {
  const [x0, y0, x1, y1, x2, y2, x3, y3] = span(START, END)
  assert.deepEqual([y0, y1, y2, y3], [0, 0, 120, 120])
  assert.ok(x1 > x0 && x2 < x3)
})

test("handles are half of the way, 40 to 140", () => {
  assert.equal(span(START, {x: 200, y: 300})[2], 100)
  assert.equal(span(START, {x: 60, y: 300})[2], 40)
  assert.equal(span(START, {x: 4000, y: 300})[2], 140)
})

test("a link that goes back leaves to the right all the same", () => {
  const [x0, , x1, , x2, , x3] = span(START, {x: -200, y: 90})
  assert.ok(x1 > x0 && x2 < x3)
})

test("reroutes are passed in their order", () => {
  const points = [START, {x: 100, y: 50}, {x: 200, y: -50}, END]
  const spans = spansOf(points)
  assert.equal(spans.length, 3)
  points.slice(1).forEach((point, i) => assert.deepEqual(pointAt(spans[i], 1), point))
})

test("the box and the pieces of a link hold all of it", () => {
  const points = [START, {x: 900, y: -700}, END]
  const box = linkBox(points)
  const pieces = pieceBoxes(points, 256)
  for (const s of spansOf(points)) {
    for (const point of sampled(s, 50)) {
      assert.ok(holds(box, point))
      assert.ok(pieces.some((piece) => holds(grown(piece, 20), point)))
    }
  }
})

test("pieces of a long link cover little of its box", () => {
  const points = [START, {x: 4000, y: 4000}]
  const {w, h} = linkBox(points)
  const covered = pieceBoxes(points, 256).reduce((sum, box) => sum + box.w * box.h, 0)
  assert.ok(covered < w * h / 4)
})

test("distance is zero on a link and true beside it", () => {
  const on = pointAt(span(START, END), 0.37)
  assert.ok(distance([START, END], on) < 0.5)
  assert.ok(Math.abs(distance([START, {x: 300, y: 0}], {x: 150, y: 9}) - 9) < 1e-6)
})

test("a cut meets the links that it crosses and no others", () => {
  assert.ok(crosses([START, END], {x: 150, y: -100}, {x: 150, y: 300}))
  assert.ok(!crosses([START, END], {x: 150, y: 200}, {x: 150, y: 300}))
})

test("a level link has no bend", () => {
  assert.equal(bend(span(START, {x: 300, y: 0})), 0)
  assert.ok(bend(span(START, END)) > 5)
})

test("the middle points the way the link goes", () => {
  const {point, angle} = middle([START, {x: 300, y: 0}])
  assert.ok(Math.abs(point.x - 150) < 1e-6)
  assert.ok(Math.abs(angle) < 1e-6)
})
