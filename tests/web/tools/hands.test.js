import assert from "node:assert/strict"
import {afterEach, beforeEach, test} from "node:test"

import {Hands} from "../../../web/tools/hands.js"
import {desk} from "./desk.js"

const kept = {}

beforeEach(() => {
  const none = () => {}
  const page = {
    Element: class {}, HTMLElement: class {}, document: {activeElement: null},
    getSelection: () => null, addEventListener: none,
    ResizeObserver: class { observe() {} },
  }
  for (const [name, value] of Object.entries(page)) {
    kept[name] = globalThis[name]
    globalThis[name] = value
  }
})

afterEach(() => Object.assign(globalThis, kept))

/** Fingers on a canvas, by their ids. */
function touched() {
  const {app, session} = desk()
  const heard = {}
  const host = {
    style: {}, hasAttribute: () => true, focus: () => {}, setPointerCapture: () => {},
    hasPointerCapture: () => true, addEventListener: (name, act) => { heard[name] = act },
    getBoundingClientRect: () => ({left: 0, top: 0}),
  }
  const hands = new Hands(host, app, () => {})
  const finger = (kind, pointerId, clientX = 0, clientY = 0) => heard[`pointer${kind}`]({
    target: host, pointerId, clientX, clientY, pointerType: "touch", button: 0, timeStamp: 0,
    preventDefault: () => {},
  })
  return {session, hands, finger}
}

/** Two fingers move the canvas by 50 pixels to the right. */
function pinched(finger) {
  finger("down", 1, 100, 100)
  finger("down", 2, 300, 100)
  finger("move", 1, 150, 100)
  finger("move", 2, 350, 100)
}

test("a finger that is lifted and put down again goes on from where the view is", () => {
  const {session, hands, finger} = touched()
  pinched(finger)
  const {camera} = session
  assert.equal(camera.x, -50)
  finger("up", 2, 350, 100)
  finger("down", 3, 500, 100)
  assert.deepEqual(session.camera, camera)
  finger("move", 3, 500, 100)
  assert.deepEqual(session.camera, camera)
  for (const id of [1, 3]) finger("up", id)
  assert.equal(hands.busy, false)
})

test("a third finger, and one that leaves the other two, move nothing by themselves", () => {
  const {session, finger} = touched()
  pinched(finger)
  const {camera} = session
  finger("down", 3, 900, 700)
  finger("up", 1, 150, 100)
  finger("move", 2, 350, 100)
  assert.deepEqual(session.camera, camera)
})

test("when the browser takes a finger of a pinch, the view stays and the other can be lifted", () => {
  const {session, hands, finger} = touched()
  pinched(finger)
  const {camera} = session
  finger("cancel", 1)
  assert.deepEqual(session.camera, camera)
  assert.equal(hands.busy, true)
  finger("move", 2, 700, 600)
  assert.deepEqual(session.camera, camera)
  finger("cancel", 2)
  assert.deepEqual(session.camera, camera)
  assert.equal(hands.busy, false)
})
