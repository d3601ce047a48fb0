// @ts-check
import assert from "node:assert/strict"
import {test} from "node:test"
import {calculate} from "../../../web/widgets/arithmetic.js"

test("products come before sums, powers before products, from left to right", () => {
  assert.equal(calculate("512*2"), 1024n)
  assert.equal(calculate("1 + 2 * 3 - 4"), 3n)
  assert.equal(calculate("(1 + 2) * 3"), 9n)
  assert.equal(calculate("2^3^2"), 512n)
  assert.equal(calculate("2**10"), 1024n)
  assert.equal(calculate("-2^2"), -4n)
  assert.equal(calculate("20/4/5"), 1n)
})

test("whole numbers beyond 2^53 keep every digit", () => {
  assert.equal(calculate("18446744073709551615"), 18446744073709551615n)
  assert.equal(calculate("2^64-1"), 18446744073709551615n)
  assert.equal(calculate("9007199254740993 + 0"), 9007199254740993n)
})

test("a quotient is exact where it is whole, else a fraction", () => {
  assert.equal(calculate("1024/2"), 512n)
  assert.equal(calculate("7/2"), 3.5)
  assert.equal(calculate("-7 % 3"), 2n)
  assert.equal(calculate("1.5*2"), 3)
  assert.equal(calculate("1e3"), 1000)
  assert.equal(calculate(".5"), 0.5)
})

test("a text that begins with a sign of multiplying goes on from the value before", () => {
  assert.equal(calculate("*2", 512), 1024n)
  assert.equal(calculate("/4", 3), 0.75)
  assert.equal(calculate("-2", 512), -2n)
  assert.equal(calculate("*2"), null)
})

test("signs of other keyboards are read", () => {
  assert.equal(calculate("５１２×２"), 1024n)
  assert.equal(calculate("10 ÷ 4 − 1"), 1.5)
})

test("what is no sum is nothing", () => {
  for (const text of ["", "  ", "12px", "1+", "(1", "1)", "1 2", "a", "1/0", "5%0", "..", "()"]) {
    assert.equal(calculate(text), null, text)
  }
})

test("a power that nobody means is refused at once", () => {
  assert.equal(calculate("9^9^9"), null)
  assert.equal(calculate("9^99999999"), null)
  assert.equal(calculate("(0-1)^0.5"), null)
})
