import assert from "node:assert/strict"
import {test} from "node:test"

import {Frame} from "../../../web/tools/frame.js"

test("the canvas is asked once where it lies, and again when that was forgotten", () => {
  let asked = 0
  const host = {getBoundingClientRect: () => { asked++; return {left: 100 * asked, top: 7} }}
  const frame = new Frame(host)
  assert.deepEqual(frame.inside({x: 130, y: 20}), {x: 30, y: 13})
  assert.deepEqual(frame.outside({x: 30, y: 13}), {x: 130, y: 20})
  assert.equal(asked, 1)
  frame.forget()
  assert.deepEqual(frame.inside({x: 230, y: 20}), {x: 30, y: 13})
})
