// @ts-check
import assert from "node:assert/strict"
import {test} from "node:test"
import {reweighted, weighted} from "../../../web/widgets/prompt.js"

/** The text after a press; `[` and `]` mark the selection, `|` the caret.
 * @param {string} marked @param {number} steps @param {number} [step] */
function pressed(marked, steps, step) {
  const from = marked.search(/[[|]/)
  const text = marked.replace(/[[\]|]/g, "")
  const to = marked.includes("]") ? marked.indexOf("]") - 1 : from
  const made = reweighted(text, {from, to}, steps, step)
  return made && made.text
}

test("the word at the caret is put in brackets with its weight", () => {
  assert.equal(pressed("a smi|ling face", 1), "a (smiling:1.05) face")
  assert.equal(pressed("a smiling| face", -1), "a (smiling:0.95) face")
  assert.equal(pressed("well-lit ro|om, x", 2), "well-lit (room:1.1), x")
  assert.equal(pressed("红苹|果，蓝色背景", 1), "(红苹果:1.05)，蓝色背景")
})

test("a selection is weighted as it is, spaces at its ends left out", () => {
  assert.equal(pressed("a [smiling face ]here", 1), "a (smiling face:1.05) here")
  assert.equal(pressed("([fluent 3d style]:1.2), x", 1), "(fluent 3d style:1.25), x")
  assert.equal(pressed("[(fluent 3d style:1.2)], x", 1), "(fluent 3d style:1.25), x")
})

test("inside of brackets their weight changes", () => {
  assert.equal(pressed("a (re|d cat:1.2)", 1), "a (red cat:1.25)")
  assert.equal(pressed("a (re|d cat)", 1), "a (red cat:1.15)")
  assert.equal(pressed("((a|):1.3)", 1), "((a:1.15):1.3)")
  assert.equal(pressed("((a) |b:1.3)", -1), "((a) b:1.25)")
  assert.equal(pressed("(a:1.2|)", 1), "(a:1.25)")
})

test("brackets go when the weight is one again, and no weight is below zero", () => {
  assert.equal(pressed("a (cat|:1.05)", -1), "a cat")
  assert.equal(pressed("a (cat|:0.95)", 1), "a cat")
  assert.equal(pressed("a (cat|:0.02)", -1), "a (cat:0)")
})

test("a step can be another, and leaves no dust", () => {
  assert.equal(pressed("(a|:1.1)", 1, 0.1), "(a:1.2)")
  assert.equal(pressed("(a|:1.2)", 1, 0.1), "(a:1.3)")
})

test("escaped brackets are words, and between two words there is none", () => {
  assert.equal(pressed("\\(a| b\\)", 1), "\\((a:1.05) b\\)")
  assert.equal(pressed("a | b", 1), null)
  assert.equal(reweighted("", {from: 0, to: 0}, 1), null)
})

test("two weighted parts are no pair of brackets", () => {
  assert.equal(pressed("[(a:1.1) b (c:1.1)]", 1), "((a:1.1) b (c:1.1):1.05)")
})

test("the selection covers what was put, so that pressing again goes on", () => {
  const once = reweighted("a cat", {from: 3, to: 3}, 1)
  assert.ok(once)
  const twice = reweighted(once.text, once.selection, 1)
  assert.equal(twice?.text, "a (cat:1.1)")
  const back = reweighted(once.text, once.selection, -1)
  assert.equal(back?.text, "a cat")
  assert.deepEqual(back?.selection, {from: 2, to: 5})
})

test("the outermost brackets are coloured, and open ones are not", () => {
  const text = "a (b (c:1.1):1.2), \\(d\\) (e) (f"
  assert.deepEqual(weighted(text).map(({from, to}) => text.slice(from, to)),
    ["(b (c:1.1):1.2)", "(e)"])
})
