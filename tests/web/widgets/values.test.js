// @ts-check
import assert from "node:assert/strict"
import {test} from "node:test"
import {held, hexOf, read} from "../../../web/widgets/colour.js"
import {filesIn, pictureNamed, putInput, valueOf} from "../../../web/widgets/input_picture.js"
import {typed} from "../../../web/widgets/number.js"
import {thrown} from "../../../web/widgets/seed.js"
import {isOn} from "../../../web/widgets/toggle.js"

/** @import {InputSpec} from "../../../web/types.js" */

/** @param {Partial<InputSpec>} part @returns {InputSpec} */
const spec = part => ({name: "n", type: "INT", widget: "number", optional: false, list: false,
  fallback: 0, tooltip: "", ...part})

test("what is typed is worked out, brought into range, and exact where it is large", () => {
  const width = spec({min: 16, max: 16384, step: 8})
  assert.equal(typed(width, "512*2", 512), 1024)
  assert.equal(typed(width, "*3", 512), 1536)
  assert.equal(typed(width, "many", 512), null)
  const seed = spec({min: 0, max: 18446744073709551615n})
  assert.equal(typed(seed, "9007199254740993", 0), 9007199254740993n)
  assert.equal(typed(seed, "2^64", 0), 18446744073709551615n)
  assert.equal(typed(spec({type: "FLOAT"}), "1/4", 0), 0.25)
  assert.equal(typed(spec({fallback: 3}), "*2", ["link", 0]), 6)
})

test("a thrown seed is one that the input takes and every program reads exactly", () => {
  const seed = spec({min: 0, max: 18446744073709551615n})
  assert.equal(thrown(seed, () => 2n ** 53n + 7n), 7)
  assert.equal(thrown(seed, () => 2n ** 53n - 1n), Number.MAX_SAFE_INTEGER)
  assert.equal(thrown(spec({min: 5, max: 7}), () => 5n), 7)
  assert.equal(typeof thrown(seed), "number")
})

test("colours are read as people write them, and kept in the form of the input", () => {
  assert.equal(read("#FF6a3d"), "#ff6a3d")
  assert.equal(read("abc"), "#aabbcc")
  assert.equal(read("255, 106 61"), "#ff6a3d")
  assert.equal(read("rgba(255, 106, 61, 0.5)"), "#ff6a3d")
  assert.equal(read("256, 0, 0"), null)
  assert.equal(read("orange-ish"), null)
  assert.equal(hexOf(16738877), "#ff6a3d")
  assert.equal(hexOf(-4), "#000000")
  assert.equal(held(spec({type: "INT"}), "#ff6a3d"), 16738877)
  assert.equal(held(spec({type: "COLOR"}), "#ff6a3d"), "#ff6a3d")
})

test("a picture and the value that names it say the same", () => {
  for (const value of ["a.png", "sets/a b.png", "clipspace/x.png [output]", "a/b/c.png [temp]"]) {
    const picture = pictureNamed(value)
    assert.ok(picture)
    assert.equal(valueOf(picture), value)
  }
  assert.deepEqual(pictureNamed("clipspace/x.png [input]"),
    {filename: "x.png", subfolder: "clipspace", type: "input"})
  assert.equal(pictureNamed("  "), null)
})

test("a pasted picture without a name gets one, a dropped one keeps its own", async () => {
  /** @type {string[]} */
  const sent = []
  /** @type {any} */
  const api = {upload: async (/** @type {Blob} */ _, /** @type {string} */ filename) => {
    sent.push(filename)
    return {filename, subfolder: "", type: "input"}
  }}
  assert.equal(await putInput(api, new Blob([], {type: "image/jpeg"})), "pasted.jpg")
  assert.equal(await putInput(api, new File([], "cat.webp", {type: "image/webp"})), "cat.webp")
  assert.deepEqual(sent, ["pasted.jpg", "cat.webp"])
})

test("only pictures of a drop are taken", () => {
  const files = [new File([], "a.txt", {type: "text/plain"}),
    new File([], "b.png", {type: "image/png"})]
  assert.deepEqual(filesIn(/** @type {any} */ ({files})).map(({name}) => name), ["b.png"])
  assert.deepEqual(filesIn(null), [])
})

test("yes is yes in any of its forms", () => {
  assert.deepEqual([true, 1, "true", false, 0, "", undefined, null].map(isOn),
    [true, true, true, false, false, false, false, false])
})
