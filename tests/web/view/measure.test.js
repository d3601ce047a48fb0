/** Cutting and breaking text by widths. */

import assert from "node:assert/strict"
import {test} from "node:test"
import {makeMeasure} from "../../../web/view/measure.js"
import {measure} from "./scenes.js"

const FONT = "10px sans"  // five wide each letter

test("text that has room is left whole", () => {
  assert.equal(measure.cut("sampler", FONT, 35), "sampler")
})

test("text without room ends in an ellipsis and fits", () => {
  const cut = measure.cut("easel-small.safetensors", FONT, 60)
  assert.equal(cut, "easel-small…")
  assert.ok(measure.width(cut, FONT) <= 60)
  assert.equal(measure.cut("text", FONT, 3), "")
})

test("a letter of two code units is not cut in half", () => {
  assert.equal(measure.cut("😀😀😀😀", FONT, 16), "😀😀…")
})

test("lines break between words", () => {
  const lines = measure.wrap("a red apple", FONT, 30, 9)
  assert.deepEqual(lines.map((line) => line.trimEnd()), ["a red", "apple"])
})

test("each line fits, whatever the text", () => {
  const text = "donaudampfschifffahrtsgesellschaft is a word, 而中文没有空格所以随处可断 and more"
  const lines = measure.wrap(text, FONT, 47, 99)
  for (const line of lines) assert.ok(measure.width(line.trimEnd(), FONT) <= 47)
  assert.equal(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""))
})

test("a paragraph begins a line, an empty one is a line", () => {
  assert.deepEqual(measure.wrap("a\n\nb", FONT, 50, 9), ["a", "", "b"])
})

test("more lines than there may be end in an ellipsis", () => {
  const lines = measure.wrap("one two three four five six", FONT, 26, 2)
  assert.equal(lines.length, 2)
  assert.ok(lines[1].endsWith("…"))
  assert.ok(measure.width(lines[1], FONT) <= 26)
})

test("a width is asked for once", () => {
  let asked = 0
  const context = {font: "", measureText: (text) => (asked++, {width: text.length})}
  const own = makeMeasure(context)
  own.width("abc", FONT)
  own.width("abc", FONT)
  assert.equal(asked, 1)
  own.forget()
  own.width("abc", FONT)
  assert.equal(asked, 2)
})
