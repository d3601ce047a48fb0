import assert from "node:assert/strict"
import {test} from "node:test"

import {PageSession, freshSession} from "../../../web/page/session.js"

test("another tab's state comes in, and what was here comes back without its gesture", () => {
  const session = new PageSession()
  session.set({
    selection: new Set(["nodes/a"]),
    camera: {x: 5, y: 6, zoom: 2},
    draft: {kind: "box", box: {x: 0, y: 0, w: 1, h: 1}},
    screen: {w: 800, h: 600},
  })
  const heard = []
  session.on(names => heard.push(names))
  const left = session.swap(freshSession())
  assert.deepEqual([...session.selection], [])
  assert.equal(session.draft, null)
  assert.deepEqual(session.screen, {w: 800, h: 600})
  assert.ok(heard[0].has("camera") && heard[0].has("selection"))
  session.swap(left)
  assert.deepEqual([...session.selection], ["nodes/a"])
  assert.deepEqual(session.camera, {x: 5, y: 6, zoom: 2})
  assert.equal(session.draft, null)
})
