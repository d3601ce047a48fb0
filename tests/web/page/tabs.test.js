import assert from "node:assert/strict"
import {test} from "node:test"

import {Signal} from "../../../web/document/signal.js"
import {DocumentStore} from "../../../web/document/store.js"
import {PageSession} from "../../../web/page/session.js"
import {PageTabs} from "../../../web/page/tabs.js"

/** A place that keeps texts, as the browser has them. @returns {any} */
function place() {
  const kept = new Map()
  return {getItem: key => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text)}
}

/** @returns {any} */
function made(kept = place()) {
  const said = new Signal(), closed = [], disposed = [], left = [], failing = new Set()
  const sync = {
    said,
    isLive: () => true,
    close: name => closed.push(name),
    open: async name => {
      if (failing.has(name)) throw new Error("it is not there")
      return new DocumentStore({name, client: "me"})
    },
  }
  const session = new PageSession()
  const tabs = new PageTabs({
    sync,
    session,
    places: [kept],
    sceneOf: store => ({dispose: () => disposed.push(store.name), rebuild: () => {}}),
    free: async name => `${name} 2`,
    untitled: () => "Untitled",
    left: name => left.push(name),
  })
  return {tabs, session, said, closed, disposed, left, failing, kept}
}

test("a document opens once, and each tab keeps its own camera", async () => {
  const {tabs, session} = made()
  await Promise.all([tabs.open("a"), tabs.open("a")])
  assert.equal(tabs.tabs.length, 1)
  session.set({camera: {x: 9, y: 9, zoom: 3}})
  await tabs.open("b")
  assert.equal(session.camera.zoom, 1)
  tabs.show("a")
  assert.equal(session.camera.zoom, 3)
})

test("a graph becomes a document of its own name", async () => {
  const {tabs} = made()
  await tabs.open("b")
  const graph = {format: "easel/1", nodes: {n: {class_type: "Show"}}, extra: {from: "a file"}}
  await tabs.open("a", {graph})
  assert.equal(tabs.active.name, "a 2")
  assert.deepEqual(tabs.active.store.graph.nodes, graph.nodes)
  assert.deepEqual(tabs.active.store.graph.extra, graph.extra)
})

test("tabs and cameras come back after a reload, without those that are gone", async () => {
  const first = made()
  for (const name of ["a", "b", "c"]) await first.tabs.open(name)
  first.tabs.show("b")
  first.session.set({camera: {x: 1, y: 2, zoom: 0.5}})
  first.tabs.keep()
  const again = made(first.kept)
  again.failing.add("c")
  assert.equal(await again.tabs.restore(), true)
  assert.deepEqual(again.tabs.tabs.map(tab => tab.name), ["a", "b"])
  assert.equal(again.tabs.active.name, "b")
  assert.equal(again.session.camera.zoom, 0.5)
  assert.equal(await made().tabs.restore(), false)
})

test("a tab that is closed shows its neighbour; the last one stays", async () => {
  const {tabs, closed, disposed, left} = made()
  for (const name of ["a", "b"]) await tabs.open(name)
  tabs.close("b")
  assert.equal(tabs.active.name, "a")
  assert.deepEqual([closed, disposed, left], [["b"], ["b"], ["b"]])
  tabs.close("a")
  assert.equal(tabs.tabs.length, 1)
})

test("a tab follows what the server says of its document", async () => {
  const {tabs, said} = made()
  for (const name of ["a", "b"]) await tabs.open(name)
  said.emit({type: "renamed", doc: "b", data: {to: "c"}})
  assert.equal(tabs.active.name, "c")
  said.emit({type: "lost", doc: "c", data: {}})
  assert.equal(tabs.active.online, false)
  said.emit({type: "gone", doc: "c", data: {}})
  assert.equal(tabs.active.name, "a")
})

test("when the last document is removed, an empty one takes its place", async () => {
  const {tabs, said} = made()
  await tabs.open("a")
  const come = new Promise(resolve => tabs.on(() => tabs.tabs.every(({name}) => name !== "a") && resolve(0)))
  said.emit({type: "gone", doc: "a", data: {}})
  assert.equal(tabs.active.online, false)
  await come
  assert.deepEqual(tabs.tabs.map(({name}) => name), ["Untitled 2"])
  assert.equal(tabs.active.name, "Untitled 2")
})

test("a graph that can't be put into a document is refused with the sentence why, and leaves no tab", async () => {
  const {tabs, closed} = made()
  await tabs.open("b")
  const graph = {format: "easel/1", nodes: {n: {class_type: "Show", state: "odd"}}}
  await assert.rejects(tabs.open("a", {graph}), {message: "refused.shape"})
  assert.deepEqual([tabs.tabs.map(({name}) => name), tabs.active.name, closed], [["b"], "b", ["a 2"]])
})
