// @ts-check
/** What could be taken back before the page was loaded anew can be afterwards. */

import assert from "node:assert/strict"
import {test} from "node:test"

import {apply} from "../../../web/document/ops.js"
import {DocumentStore} from "../../../web/document/store.js"
import {parse, stringify} from "../../../web/net/json.js"
import {Histories} from "../../../web/page/histories.js"

/** @import {Graph, Op} from "../../../web/types.js" */

const GRAPH = '{"format":"easel/1","nodes":{"a":{"class_type":"Number","inputs":'
  + '{"value":18446744073709551615}},"b":{"class_type":"Show","inputs":{"value":["a",0]}}}}'
const FIRST = {op: /** @type {const} */ ("set"), path: "nodes/a/inputs/value", value: 7}
const SECOND = {op: /** @type {const} */ ("remove"), path: "nodes/b"}
const THIRD = {op: /** @type {const} */ ("set"), path: "nodes/a/look/title", value: "A title"}

/** A window: its storage, and pages of it on one document, whose server takes every edit at once. */
function made() {
  /** @type {Map<string, string>} */
  const texts = new Map()
  const server = {graph: /** @type {Graph} */ (parse(GRAPH)), rev: 0, epoch: "e"}
  const storage = {
    getItem: (/** @type {string} */ key) => texts.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ text) => void texts.set(key, text),
    removeItem: (/** @type {string} */ key) => void texts.delete(key),
  }
  const edit = (/** @type {Op[]} */ ops) => {
    apply(server.graph, ops)
    server.rev++
  }
  const page = (client = "me") => {
    const store = new DocumentStore({name: "d", client, send: ({ops}) => edit(ops)})
    store.reset(parse(stringify(server.graph)), server.rev, server.epoch)
    const histories = new Histories(storage, client)
    histories.recall(store)
    const leave = () => {
      store.rev = server.rev
      histories.keep(store)
    }
    return {store, leave}
  }
  return {texts, server, edit, page}
}

/** A page on which three edits were made, the last of them taken back, has gone. */
function left() {
  const window = made()
  const {store, leave} = window.page()
  for (const op of [FIRST, SECOND, THIRD]) assert.equal(store.edit([op]), "")
  store.undo()
  leave()
  return window
}

test("undo and redo go on where they were, exactly", () => {
  const {page, server} = left()
  const {store} = page()
  store.redo()
  assert.equal(server.graph.nodes?.a.look?.title, "A title")
  for (let n = 0; n < 3; n++) assert.deepEqual(store.undo(), [])
  assert.equal(store.canUndo, false)
  assert.equal(stringify(store.graph), GRAPH)
  assert.equal(stringify(server.graph), GRAPH)
})

test("what others have edited meanwhile is left, the rest is taken back", () => {
  const {page, edit, server} = left()
  edit([{op: "set", path: "nodes/a/inputs/value", value: 9}])
  const {store} = page()
  assert.deepEqual([store.undo(), store.undo()], [[], ["nodes/a/inputs/value"]])
  assert.equal(server.graph.nodes?.a.inputs?.value, 9)
  assert.deepEqual(server.graph.nodes?.b.inputs?.value, ["a", 0])
})

test("a copy of the window, another document of the name and an earlier state know nothing of it", () => {
  assert.equal(left().page("another").store.canUndo, false)
  const begun = left()
  begun.server.epoch = "f"
  assert.equal(begun.page().store.canUndo, false)
  const back = left()
  back.server.rev = 1
  assert.equal(back.page().store.canUndo, false)
})

test("it is taken out once, and nonsense is nothing", () => {
  const {page, texts} = left()
  assert.equal(page().store.canUndo, true)
  assert.equal(page().store.canUndo, false)
  for (const text of ["{", "7", '{"client":"me","epoch":"e","rev":0,"undo":[3],"redo":[]}']) {
    texts.set("easel.history/d", text)
    assert.equal(page().store.canUndo, false)
  }
})

test("of a long history the end is kept", () => {
  const {page, texts} = made()
  const {store, leave} = page()
  for (let n = 0; n < 20; n++) store.edit([{...THIRD, value: String(n % 10).repeat(90_000)}])
  leave()
  assert.ok((texts.get("easel.history/d") ?? "").length < 1_100_000)
  const again = page().store
  again.undo()
  assert.equal(again.graph.nodes?.a.look?.title?.[0], "8")
})
