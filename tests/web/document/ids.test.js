// @ts-check
/** New ids. */

import assert from "node:assert/strict"
import {test} from "node:test"

import {newId} from "../../../web/document/ids.js"

test("ids are eight letters of base32, each another", () => {
  /** @type {Set<string>} */
  const ids = new Set()
  for (let n = 0; n < 5000; n++) ids.add(newId())
  assert.equal(ids.size, 5000)
  for (const id of ids) assert.match(id, /^[a-z2-7]{8}$/)
  const letters = new Set([...ids].flatMap(id => [...id]))
  assert.equal(letters.size, 32)
})

test("an id that is taken is not given", () => {
  /** @type {string[]} */
  const asked = []
  class Taken extends Set {
    /** @param {string} id */
    has(id) {
      asked.push(id)
      return asked.length < 3
    }
  }
  assert.equal(newId(new Taken()), asked[2])
})
