// @ts-check
/** The cases of tests/edits, which Python runs too, and what they leave out. */

import assert from "node:assert/strict"
import {readFileSync, readdirSync} from "node:fs"
import {test} from "node:test"

import {apply, takeBack} from "../../../web/document/ops.js"
import {pathOf, partsOf} from "../../../web/document/paths.js"
import {copy, equal} from "../../../web/document/values.js"
import {parse, stringify} from "../../../web/net/json.js"

const folder = new URL("../../edits/", import.meta.url)

for (const file of readdirSync(folder)) {
  for (const found of parse(readFileSync(new URL(file, folder), "utf8"))) {
    test(`${file}: ${found.name}`, () => {
      const graph = copy(found.before)
      if (found.refused !== undefined) {
        assert.throws(() => apply(graph, found.ops), {path: found.refused})
        assert.deepEqual(graph, found.before)
        return
      }
      const {undo, skipped, steps} = apply(graph, found.ops)
      assert.deepEqual(graph, found.after)
      assert.deepEqual(skipped, found.skipped ?? [])
      const other = copy(graph)
      apply(other, undo)
      assert.deepEqual(other, found.before)
      takeBack(graph, steps)
      assert.deepEqual(graph, found.before)
    })
  }
}

test("a seed of 64 bits survives reading, an op and writing", () => {
  const text = '{"format":"easel/1","nodes":{"a":{"class_type":"K","inputs":{"seed":18446744073709551615}}}}'
  const graph = parse(text)
  apply(graph, parse('[{"op":"set","path":"nodes/a/look/title","value":"A"}]'))
  const {undo} = apply(graph, parse('[{"op":"set","path":"nodes/a/inputs/seed","value":18446744073709551614}]'))
  assert.match(stringify(graph), /"seed":18446744073709551614}/)
  apply(graph, parse(stringify(undo)))
  assert.match(stringify(graph), /"seed":18446744073709551615}/)
})

test("a name that objects have by birth is a name like any other", () => {
  const graph = parse('{"format":"easel/1","nodes":{"a":{"class_type":"K"}}}')
  const before = copy(graph)
  const ops = parse('[{"op":"set","path":"nodes/a/inputs/__proto__","value":{"x":1}},'
    + '{"op":"add","path":"nodes/constructor","value":{"class_type":"K"}}]')
  const {undo} = apply(graph, ops)
  assert.match(stringify(graph), /"__proto__":{"x":1}/)
  assert.equal(/** @type {any} */ ({}).x, undefined)
  apply(graph, undo)
  assert.ok(equal(graph, before))
})

test("a number that JSON can't hold is refused", () => {
  const graph = parse('{"format":"easel/1","nodes":{"a":{"class_type":"K"}}}')
  for (const value of [NaN, Infinity, [undefined], undefined]) {
    assert.throws(() => apply(graph, [{op: "set", path: "nodes/a/inputs/x", value}]))
  }
})

test("a path of odd names comes back as it was", () => {
  const parts = ["nodes", "a/b~c", "inputs", "~1/"]
  assert.deepEqual(partsOf(pathOf(...parts)), parts)
})
