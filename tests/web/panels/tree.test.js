import assert from "node:assert/strict"
import {test} from "node:test"

import {countOf, naturally, parted, treeOf, whyNoName} from "../../../web/panels/tree.js"

test("things stand in the folders of their paths, folders in order of their names", () => {
  const tree = treeOf(["b/two", "a/in/one", "root", "b/ten"], name => parted(name).folder)
  assert.deepEqual(tree.things, ["root"])
  assert.deepEqual(tree.folders.map(one => one.name), ["a", "b"])
  assert.deepEqual(tree.folders[0].folders[0], {name: "in", path: "a/in", folders: [], things: ["a/in/one"]})
  assert.deepEqual(tree.folders[1].things, ["b/two", "b/ten"])
  assert.equal(countOf(tree), 4)
})

test("numbers in names are read as numbers", () => {
  assert.ok(naturally("sd 2", "sd 10") < 0)
})

test("what can't be a document's name is told", () => {
  assert.equal(whyNoName("portraits/Smile 2"), "")
  assert.equal(whyNoName("笑脸"), "")
  assert.equal(whyNoName("  "), "name.empty")
  assert.equal(whyNoName("a:b"), "name.signs")
  assert.equal(whyNoName("a//b"), "name.parts")
  assert.equal(whyNoName("../b"), "name.parts")
  assert.equal(whyNoName("x".repeat(201)), "name.long")
})
