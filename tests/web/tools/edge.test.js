import assert from "node:assert/strict"
import {test} from "node:test"

import {pullAt} from "../../../web/tools/edge.js"

const SIZE = {w: 800, h: 600}

test("in the middle nothing pulls", () => {
  assert.equal(pullAt({x: 400, y: 300}, SIZE), null)
})

test("the nearer the edge, and beyond it, the faster the view follows", () => {
  const near = pullAt({x: 780, y: 300}, SIZE)
  const beyond = pullAt({x: 900, y: 300}, SIZE)
  assert.ok(near.dx > 0 && near.dy === 0 && beyond.dx > near.dx)
  assert.equal(beyond.dx, pullAt({x: 2000, y: 300}, SIZE).dx)
})

test("a corner pulls both ways", () => {
  const {dx, dy} = pullAt({x: 0, y: 0}, SIZE)
  assert.ok(dx < 0 && dy < 0)
})
