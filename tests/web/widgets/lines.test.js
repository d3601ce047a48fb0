// @ts-check
import assert from "node:assert/strict"
import {test} from "node:test"
import {linesOf, partsOf, placeAt} from "../../../web/widgets/lines.js"

/** @param {string} text @param {number} width letters in a line */
const broken = (text, width) => linesOf(text, width, part => part.length)
  .map(({from, to}) => text.slice(from, to))

test("lines break after spaces, which hang over the end", () => {
  assert.deepEqual(broken("a smiling face", 9), ["a smiling ", "face"])
  assert.deepEqual(broken("aaa bbb   ccc", 7), ["aaa bbb   ", "ccc"])
  assert.deepEqual(broken("", 9), [""])
})

test("line ends in the text are kept, empty lines too", () => {
  assert.deepEqual(broken("a\n\nb\n", 9), ["a", "", "b", ""])
})

test("a word wider than the line is cut, pairs of surrogates stay whole", () => {
  assert.deepEqual(broken("x abcdefghij y", 4), ["x ", "abcd", "efgh", "ij y"])
  assert.deepEqual(broken("😀😀😀", 2), ["😀", "😀", "😀"])
})

test("letters of Chinese break anywhere, but no mark begins a line", () => {
  assert.deepEqual(broken("红苹果蓝色背景", 3), ["红苹果", "蓝色背", "景"])
  assert.deepEqual(broken("红苹果，蓝色", 3), ["红苹", "果，蓝", "色"])
  assert.deepEqual(broken("红（苹果）", 2), ["红", "（苹", "果）"])
})

test("a word may break after its hyphen, a number may not", () => {
  assert.deepEqual(broken("well-lit", 6), ["well-", "lit"])
  assert.deepEqual(broken("ab -12", 4), ["ab ", "-12"])
})

test("every letter is in exactly one line", () => {
  const text = "one (two three:1.2), 红苹果 four-five\n  six   "
  for (let width = 1; width < 20; width++) {
    let at = 0
    for (const line of linesOf(text, width, part => part.length)) {
      assert.ok(line.from === at || (text[at] === "\n" && line.from === at + 1))
      at = line.to
    }
    assert.equal(at, text.length)
  }
})

test("the parts of a line are those of the spans that reach into it", () => {
  const spans = [{from: 2, to: 6}, {from: 8, to: 20}]
  assert.deepEqual(partsOf({from: 4, to: 10}, spans), [
    {from: 4, to: 6, span: spans[0]}, {from: 6, to: 8, span: null},
    {from: 8, to: 10, span: spans[1]},
  ])
  assert.deepEqual(partsOf({from: 0, to: 2}, spans), [{from: 0, to: 2, span: null}])
})

test("a press finds the place in the text, before a space that hangs over the end", () => {
  const text = "ab cd ef", lines = linesOf(text, 5, part => part.length)
  const at = (/** @type {number} */ x, /** @type {number} */ row) =>
    placeAt(text, lines, x, row, part => part.length)
  assert.equal(at(0, 0.5), 0)
  assert.equal(at(1.4, 0.5), 1)
  assert.equal(at(1.6, 0.5), 2)
  assert.equal(at(99, 0), 5)
  assert.equal(at(99, 1), 8)
  assert.equal(at(0, 9), 6)
  assert.equal(at(-5, -3), 0)
})
