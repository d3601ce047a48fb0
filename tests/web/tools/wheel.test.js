import assert from "node:assert/strict"
import {test} from "node:test"

import {WheelReader} from "../../../web/tools/wheel.js"

const turn = extra => ({deltaX: 0, deltaY: 0, deltaMode: 0, ctrlKey: false, metaKey: false,
  shiftKey: false, timeStamp: 0, ...extra})
const notch = extra => turn({deltaY: 120, wheelDeltaY: -120, ...extra})

test("a notch of a mouse's wheel zooms, down is out", () => {
  const step = new WheelReader().read(notch(), "zoom")
  assert.equal(step.kind, "zoom")
  assert.ok(step.factor < 0.9 && step.factor > 0.7)
})

test("two fingers on a trackpad move the canvas", () => {
  const step = new WheelReader().read(turn({deltaX: 3, deltaY: 7, wheelDeltaY: -21}), "zoom")
  assert.deepEqual(step, {kind: "pan", dx: 3, dy: 7})
})

test("what follows a trackpad's turn at once is the trackpad's", () => {
  const reader = new WheelReader()
  reader.read(turn({deltaY: 7, wheelDeltaY: -21}), "zoom")
  assert.equal(reader.read(notch({timeStamp: 50}), "zoom").kind, "pan")
  assert.equal(reader.read(notch({timeStamp: 2000}), "zoom").kind, "zoom")
})

test("a pinch on a trackpad zooms, whatever is set", () => {
  const step = new WheelReader().read(turn({deltaY: -5, wheelDeltaY: 15, ctrlKey: true}), "pan")
  assert.equal(step.kind, "zoom")
  assert.ok(step.factor > 1.04)
})

test("a mouse's wheel can be set to move the canvas, with Ctrl it zooms", () => {
  assert.equal(new WheelReader().read(notch(), "pan").kind, "pan")
  assert.equal(new WheelReader().read(notch({ctrlKey: true}), "pan").kind, "zoom")
})

test("with Shift the wheel moves sideways", () => {
  assert.deepEqual(new WheelReader().read(notch({shiftKey: true}), "zoom"),
    {kind: "pan", dx: 120, dy: 0})
})

test("wheels that count lines are read too, and no turn leaps", () => {
  const step = new WheelReader().read(turn({deltaY: 300, deltaMode: 1}), "zoom")
  assert.ok(step.kind === "zoom" && step.factor > 0.5)
})
