import assert from "node:assert/strict"
import {test} from "node:test"

import {matters} from "../../../web/page/auto_run.js"
import {clientOf} from "../../../web/page/client.js"
import {freeName} from "../../../web/document/names.js"
import {firstCamera, nameIn} from "../../../web/page/start.js"

test("a name that is taken gets the first free number, whatever its case", () => {
  assert.equal(freeName("cat", ["dog"]), "cat")
  assert.equal(freeName("Cat", ["cat", "cat 2"]), "Cat 3")
  assert.equal(freeName("cat 2", ["cat", "cat 2"]), "cat 3")
})

test("a page that is loaded anew keeps its client; a copy of its window does not", () => {
  const kept = new Map()
  const storage = {getItem: key => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text)}
  let made = 0
  const fresh = () => `client ${++made}`
  assert.equal(clientOf(storage, "navigate", fresh), "client 1")
  assert.equal(clientOf(storage, "reload", fresh), "client 1")
  assert.equal(clientOf(storage, "back_forward", fresh), "client 1")
  assert.equal(clientOf(storage, "navigate", fresh), "client 2")
})

test("a document is named behind the hash, and half an escape names none", () => {
  assert.equal(nameIn("#faces/smile%20one"), "faces/smile one")
  assert.equal(nameIn(""), "")
  assert.equal(nameIn("#%E4%"), "")
})

test("a value, a state or a node can change a picture; a place, a title, a note can't", () => {
  const change = path => ({paths: [path.split("/")], whole: false, mine: true})
  for (const path of ["nodes/a", "nodes/a/inputs/seed", "nodes/a/state", "subgraphs/s",
    "subgraphs/s/nodes/a/inputs/seed"]) assert.ok(matters(change(path)), path)
  for (const path of ["nodes/a/look/place", "notes/n", "groups/g/box", "nodes/a/after_run/seed",
    "subgraphs/s/notes/n", "extra/x"]) assert.ok(!matters(change(path)), path)
})

test("a phone shows the beginning of a graph that it could not show whole", () => {
  const whole = {x: 100, y: 40, w: 1600, h: 600}
  const fitted = {x: 0, y: 0, zoom: 0.2}
  const begun = firstCamera(fitted, {w: 390}, whole)
  assert.equal(begun.zoom, 0.6)
  assert.ok(begun.x < whole.x && begun.x + 390 / begun.zoom > whole.x + 240)
  assert.equal(firstCamera(fitted, {w: 1280}, whole), fitted)
  assert.equal(firstCamera({...fitted, zoom: 0.8}, {w: 390}, whole).zoom, 0.8)
})
