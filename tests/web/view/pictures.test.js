/** Pictures that are kept: bounded, the longest unused gone first. */

import assert from "node:assert/strict"
import {test} from "node:test"
import {Pictures} from "../../../web/view/pictures.js"

/** Room for three pictures of 10 by 10, each of which comes when it is let. */
function kept() {
  const asked = []
  const come = new Map()
  const closed = []
  const pictures = new Pictures({
    most: 3 * 400,
    load: (url) => {
      asked.push(url)
      return new Promise((resolve, reject) => come.set(url, {resolve, reject}))
    },
  })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const drawable = (url, side) => (
    {source: {close: () => closed.push(url)}, w: side, h: side, natural: {w: side, h: side}})
  const here = async (url, side = 10) => {
    pictures.get(url)
    come.get(url).resolve(drawable(url, side))
    await settled()
  }
  return {pictures, asked, closed, here}
}

test("a picture is asked for once, and said when it is here", async () => {
  const {pictures, asked, here} = kept()
  const said = []
  pictures.loaded.on((url) => said.push(url))
  assert.equal(pictures.get("a"), null)
  pictures.get("a")
  await here("a")
  assert.deepEqual([asked, said], [["a"], ["a"]])
  assert.deepEqual(pictures.sizeOf("a"), {w: 10, h: 10})
})

test("what has not been drawn for longest makes room", async () => {
  const {pictures, closed, here} = kept()
  for (const url of ["a", "b", "c"]) await here(url)
  pictures.get("a")
  await here("d")
  assert.deepEqual(closed, ["b"])
  assert.equal(pictures.bytes, 1200)
})

test("one that comes late is not the one to go, or it would be asked for again", async () => {
  const {pictures, asked, closed, here} = kept()
  pictures.loaded.on((url) => pictures.get(url))
  pictures.get("slow")
  for (const url of ["a", "b", "c"]) await here(url)
  await here("slow")
  assert.deepEqual(asked, ["slow", "a", "b", "c"])
  assert.deepEqual(closed, ["a"])
  assert.ok(pictures.get("slow"))
})

test("one that is larger than all the room stays until another comes", async () => {
  const {pictures, asked, closed, here} = kept()
  pictures.loaded.on((url) => pictures.get(url))
  await here("large", 30)
  assert.deepEqual([asked, closed], [["large"], []])
  await here("a")
  assert.deepEqual([pictures.bytes, closed], [400, ["large"]])
})
