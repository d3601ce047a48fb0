// @ts-check
import assert from "node:assert/strict"
import {test} from "node:test"
import {dragged, settled, share, stepped, unitOf, written} from "../../../web/widgets/range.js"

/** @import {InputSpec} from "../../../web/types.js" */

/** @param {Partial<InputSpec>} part @returns {InputSpec} */
const spec = part => ({name: "n", type: "INT", widget: "number", optional: false, list: false,
  fallback: 0, tooltip: "", ...part})
const seed = spec({name: "seed", min: 0, max: 18446744073709551615n, control: true})
const width = spec({name: "width", min: 16, max: 16384, step: 8, fallback: 512})
const cfg = spec({name: "cfg", type: "FLOAT", min: 0, max: 100, step: 0.1, round: 0.01,
  fallback: 8})
const strength = spec({name: "denoise", type: "FLOAT", min: 0, max: 1, step: 0.01, fallback: 1})

test("whole numbers go to the nearest step counted from the least value", () => {
  assert.equal(settled(width, 513), 512)
  assert.equal(settled(width, 516), 520)
  assert.equal(settled(spec({min: 1, max: 100, step: 4}), 6), 5)
  assert.equal(settled(spec({step: 8}), -3), 0)
})

test("values stay in their range, on a step", () => {
  assert.equal(settled(width, 3), 16)
  assert.equal(settled(width, 99999n), 16384)
  assert.equal(settled(spec({min: 0, max: 10, step: 4}), 10), 8)
  assert.equal(settled(cfg, 120), 100)
  assert.equal(settled(cfg, -1), 0)
})

test("a seed keeps every digit, up to its largest", () => {
  assert.equal(settled(seed, 9007199254740993n), 9007199254740993n)
  assert.equal(settled(seed, 18446744073709551616n), 18446744073709551615n)
  assert.equal(settled(seed, 7n), 7)
  assert.equal(stepped(seed, 18446744073709551614n, 1), 18446744073709551615n)
})

test("fractions are rounded as the node says, and not to its step", () => {
  assert.equal(settled(cfg, 4.126), 4.13)
  assert.equal(settled(cfg, 4.05), 4.05)
  assert.equal(settled(spec({type: "FLOAT"}), 0.123456), 0.123456)
  assert.equal(settled(cfg, Number.NaN), 0)
})

test("steps add up without dust", () => {
  assert.equal(stepped(cfg, 0.2, 1), 0.3)
  assert.equal(stepped(cfg, 4.05, 2), 4.25)
  assert.equal(stepped(width, 512, -1), 504)
  assert.equal(stepped(strength, 1, 1), 1)
})

test("a value is written with the decimals of a step at least", () => {
  assert.equal(written(cfg, 4), "4.0")
  assert.equal(written(cfg, 4.05), "4.05")
  assert.equal(written(strength, 1), "1.00")
  assert.equal(written(width, 512), "512")
  assert.equal(written(seed, 18446744073709551615n), "18446744073709551615")
  assert.equal(written(spec({type: "FLOAT", step: 0.0001}), 0.5), "0.500")
  assert.equal(written(cfg, 0.1 + 0.2), "0.3")
})

test("the fill shows where a value stands; sizes and seeds have none", () => {
  assert.equal(share(strength, 0.25), 0.25)
  assert.equal(share(spec({min: 1, max: 10000, fallback: 20}), 50.5), 0.5)
  assert.equal(share(cfg, 20), 0.5)
  assert.equal(share(width, 512), null)
  assert.equal(share(seed, 1), null)
  assert.equal(share(strength, 7), 1)
  assert.equal(share(spec({}), 7), null)
  assert.equal(unitOf(width), "px")
  assert.equal(unitOf(strength), "")
})

test("a drag over the whole widget goes through the whole range, shift makes it fine", () => {
  const plain = {shift: false, ctrl: false}
  assert.equal(dragged(strength, 0, 200, 200, plain), 1)
  assert.equal(dragged(strength, 0, 100, 200, {shift: true, ctrl: false}), 0.05)
  assert.equal(dragged(width, 512, 4, 200, plain), 520)
  assert.equal(dragged(width, 512, 4, 200, {shift: false, ctrl: true}), 592)
  assert.equal(dragged(seed, 9007199254740993n, 4, 200, plain), 9007199254740994n)
})
