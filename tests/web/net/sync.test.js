// @ts-check
/** Clients that edit one document, over lines that are cut: all end equal, and nothing is lost. */

import assert from "node:assert/strict"
import {test} from "node:test"

import {apply} from "../../../web/document/ops.js"
import {EditRefused} from "../../../web/document/paths.js"
import {copy, equal} from "../../../web/document/values.js"
import {Keep} from "../../../web/net/keep.js"
import {Sync} from "../../../web/net/sync.js"
import {Chance, randomOps} from "../document/random.js"
import {ModelLine, ModelServer, ModelStorage} from "./model.js"

/** @import {Graph} from "../../../web/types.js" */
/** @import {DocumentStore} from "../../../web/document/store.js" */

/** A page of one client. */
class Page {
  loads = 0

  /** @param {ModelServer} server @param {string} client @param {Storage} storage */
  constructor(server, client, storage) {
    this.server = server
    this.client = client
    this.storage = storage
    this.line = new ModelLine(server)
    this.sync = this.#begin()
  }

  #begin() {
    const client = `${this.client}${this.loads++}`
    const sync = new Sync({voice: this.line, client, keep: new Keep(this.storage)})
    void sync.open(this.server.name)
    return sync
  }

  /** Load the page anew: whatever it had in memory is gone. */
  reload() {
    this.line.cut()
    this.line = new ModelLine(this.server)
    this.sync = this.#begin()
  }

  /** @returns {DocumentStore} */
  get store() {
    const found = ["mine", "yours"].map(name => this.sync.storeOf(name)).find(Boolean)
    assert.ok(found)
    return found
  }
}

/** @param {Page[]} pages @param {Chance} chance */
function deliverAll(pages, chance) {
  for (;;) {
    const waiting = pages.filter(({line}) => line.waiting)
    if (!waiting.length) return
    const {line} = chance.of(waiting)
    line.deliver(line.going.length > 0 && (!line.coming.length || chance.often(0.5)))
  }
}

/** What a page must show: the server's state as it knows it, its own pending edits on top.
 * @param {Page} page @returns {Graph} */
function expected({server, store}) {
  const graph = copy(store.epoch === null ? server.states[0] : server.states[store.rev])
  for (const {edit} of store.pending) {
    try {
      apply(graph, edit.ops)
    } catch (error) {
      assert.ok(error instanceof EditRefused)
    }
  }
  return graph
}

/** @param {Page} page @param {Chance} chance @param {number} undos  how often it takes back */
function act(page, chance, undos) {
  const {line, store} = page
  if (chance.often(0.45)) return line.deliver(chance.often(0.5))
  if (chance.often(undos)) return void (chance.often(0.6) ? store.undo() : store.redo())
  if (chance.often(0.8)) return void store.edit(randomOps(chance, store.graph))
  if (chance.often(0.7)) return line.online ? line.cut() : line.join()
  if (chance.often(0.3)) return page.reload()
  if (chance.often(0.2)) page.server.forget(chance.whole(0, 3))
}

/** @param {number} seed @param {number} undos */
function play(seed, undos) {
  const chance = new Chance(seed)
  const server = new ModelServer()
  const storages = [new ModelStorage(), new ModelStorage()]
  const pages = ["a", "b", "c"].map((name, at) => new Page(server, name, storages[at % 2]))
  for (const page of pages) if (chance.often(0.8)) page.line.join()
  for (let step = 0; step < 150; step++) {
    act(chance.of(pages), chance, undos)
    if (step === 100 && chance.often(0.3)) server.rename("yours")
    if (step % 4) continue
    for (const page of pages) assert.ok(equal(page.store.graph, expected(page)), `step ${step}`)
  }
  finish(server, pages, chance)
}

/** @param {ModelServer} server @param {Page[]} pages @param {Chance} chance */
function finish(server, pages, chance) {
  for (const page of pages) {
    if (!page.line.online) page.line.join()
  }
  deliverAll(pages, chance)
  for (const page of pages) {
    if (page.store.name !== server.name) page.reload()
    if (!page.line.online) page.line.join()
    deliverAll(pages, chance)
    assert.ok(page.store.settled)
  }
  for (const {store} of pages) assert.deepEqual(store.graph, server.graph)
}

for (let seed = 1; seed <= 50; seed++) {
  test(`clients with the seed ${seed} end equal`, () => play(seed, 0.15))
}

for (let seed = 1001; seed <= 1025; seed++) {
  test(`an undo storm with the seed ${seed} ends equal`, () => play(seed, 0.7))
}

test("an edit whose answer was lost is sent again and applied once", () => {
  const {server, page} = one()
  page.store.edit([{op: "add", path: "nodes/a", value: {class_type: "Number"}}])
  page.line.deliver(true)
  page.line.cut()
  page.line.join()
  deliverAll([page], new Chance(1))
  assert.ok(page.store.settled)
  assert.deepEqual([...server.applied.values()], [1])
  assert.equal(page.storage.length, 0)
})

test("what was edited offline survives a reload, and another window sends it", () => {
  const {server, page, storage} = one()
  page.line.cut()
  page.store.edit([{op: "add", path: "nodes/a", value: {class_type: "Number", inputs: {x: 18446744073709551615n}}}])
  page.store.edit([{op: "set", path: "nodes/a/look/title", value: "A"}])
  assert.equal(storage.length, 2)
  const other = new Page(server, "other", storage)
  assert.deepEqual(other.store.graph, page.store.graph)
  other.line.join()
  deliverAll([other], new Chance(1))
  assert.deepEqual(server.graph.nodes?.a, {class_type: "Number", inputs: {x: 18446744073709551615n}, look: {title: "A"}})
  assert.equal(storage.length, 0)
  page.line.join()
  deliverAll([page, other], new Chance(1))
  assert.ok(page.store.settled)
  assert.deepEqual([...server.applied.values()], [1, 1])
})

test("an edit that the server refuses is taken off, and said", () => {
  const {server, page} = one()
  const other = new Page(server, "other", new ModelStorage())
  other.line.join()
  page.store.edit([{op: "add", path: "nodes/a", value: {class_type: "Number"}}])
  deliverAll([page, other], new Chance(1))
  /** @type {any[]} */
  const news = []
  other.store.news.on(said => news.push(said))
  page.store.edit([{op: "remove", path: "nodes/a"}])
  other.store.edit([{op: "set", path: "nodes/a/inputs/x", value: 1}])
  page.line.deliver(true)
  deliverAll([page, other], new Chance(1))
  assert.deepEqual(news, [{kind: "refused", path: "nodes/a/inputs/x", message: "refused.holder"}])
  assert.deepEqual(other.store.graph, server.graph)
  assert.equal(other.store.canUndo, false)
})

test("edits of a document that was removed are not kept for another of its name", () => {
  const {server, page, storage} = one()
  /** @type {string[]} */
  const said = []
  page.sync.said.on(({type}) => said.push(type))
  const {store} = page
  store.edit([{op: "add", path: "nodes/a", value: {class_type: "Number"}}])
  server.remove()
  page.line.deliver(false)
  store.edit([{op: "add", path: "nodes/b", value: {class_type: "Number"}}])
  assert.deepEqual([said, storage.length], [["gone"], 0])
})

test("a run waits for the line, and goes out behind the edits that it is to run", () => {
  const {server, page} = one()
  page.line.cut()
  page.store.edit([{op: "add", path: "nodes/a", value: {class_type: "Number"}}])
  page.sync.run("mine", {count: 2})
  page.line.join()
  page.line.deliver(true)
  page.line.deliver(false)
  const sent = page.line.going.map(text => JSON.parse(text))
  assert.deepEqual(sent.map(({type}) => type), ["edit", "run"])
  assert.deepEqual(sent[1].data, {doc: "mine", rev: server.rev, count: 2})
})

test("undo takes back one's own, and names what others have changed since", () => {
  const {server, page} = one()
  const other = new Page(server, "other", new ModelStorage())
  other.line.join()
  const chance = new Chance(1)
  page.store.edit([{op: "add", path: "nodes/a", value: {class_type: "Number", inputs: {x: 1, y: 1}}}])
  deliverAll([page, other], chance)
  page.store.edit([
    {op: "set", path: "nodes/a/inputs/x", value: 2}, {op: "set", path: "nodes/a/inputs/y", value: 2},
  ])
  deliverAll([page, other], chance)
  other.store.edit([{op: "set", path: "nodes/a/inputs/x", value: 3}])
  deliverAll([page, other], chance)
  assert.equal(other.store.canUndo, true)
  assert.deepEqual(page.store.undo(), ["nodes/a/inputs/x"])
  deliverAll([page, other], chance)
  assert.deepEqual(other.store.graph.nodes?.a.inputs, {x: 3, y: 1})
  assert.deepEqual(page.store.redo(), [])
  assert.deepEqual(page.store.graph.nodes?.a.inputs, {x: 3, y: 2})
})

test("undo of a removal brings back what others had set until then", () => {
  const {server, page} = one()
  const other = new Page(server, "other", new ModelStorage())
  other.line.join()
  const chance = new Chance(1)
  page.store.edit([{op: "add", path: "nodes/a", value: {class_type: "Number", inputs: {x: 1}}}])
  deliverAll([page, other], chance)
  other.store.edit([{op: "set", path: "nodes/a/inputs/x", value: 9}])
  other.line.deliver(true)
  page.store.edit([{op: "remove", path: "nodes/a"}])
  deliverAll([page, other], chance)
  page.store.undo()
  deliverAll([page, other], chance)
  assert.deepEqual(other.store.graph.nodes?.a.inputs, {x: 9})
})

test("a change of somebody else tells which paths it touches", () => {
  const {server, page} = one()
  const other = new Page(server, "other", new ModelStorage())
  other.line.join()
  deliverAll([page, other], new Chance(1))
  /** @type {any[]} */
  const heard = []
  other.store.on(change => heard.push(change))
  page.store.edit([{op: "add", path: "nodes/a", value: {class_type: "Number"}}])
  deliverAll([page, other], new Chance(1))
  assert.deepEqual(heard, [{paths: [["nodes", "a"]], whole: false, mine: false}])
})

function one() {
  const server = new ModelServer()
  const storage = new ModelStorage()
  const page = new Page(server, "page", storage)
  page.line.join()
  deliverAll([page], new Chance(1))
  return {server, page, storage}
}

test("an edit that is answered after its document was closed is kept no longer", () => {
  const {page, storage} = one()
  for (const name of ["a", "b"]) {
    page.store.edit([{op: "add", path: `nodes/${name}`, value: {class_type: "Number"}}])
  }
  page.line.deliver(true)
  page.sync.close("mine")
  page.line.deliver(false)
  assert.equal(storage.length, 1)
})
