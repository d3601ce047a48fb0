import assert from "node:assert/strict"
import {test} from "node:test"

import {PageSettings, themeOf} from "../../../web/page/settings.js"

/** @param {Object<string, any>} [server] */
function desk(server = {}) {
  /** @type {Map<string, string>} */
  const kept = new Map()
  /** @type {Object<string, any>[]} */
  const sent = []
  const storage = {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ text) => void kept.set(key, text),
  }
  const api = {
    get: async () => server,
    post: async (/** @type {string} */ _, /** @type {any} */ body) => void sent.push(body),
  }
  return {storage, api, sent, made: () => new PageSettings({storage, api})}
}

test("what nobody chose has its default, and what was chosen survives a reload", () => {
  const {made} = desk()
  assert.equal(made().get("theme"), "system")
  made().set("theme", "light")
  assert.equal(made().get("theme"), "light")
})

test("several changes go to the server at once, under a name of their own", async t => {
  t.mock.timers.enable({apis: ["setTimeout"]})
  const {made, sent} = desk()
  const settings = made()
  settings.set("theme", "dark")
  settings.set("run.count", 4)
  settings.set("page.panel", "gallery")
  t.mock.timers.tick(1000)
  assert.deepEqual(sent, [{"easel.theme": "dark", "easel.run.count": 4}])
})

test("the server's choice is taken over, unless this page has just made another", async t => {
  t.mock.timers.enable({apis: ["setTimeout"]})
  const {made} = desk({"easel.theme": "dark", "easel.language": "zh", "Comfy.Other": 1})
  const settings = made()
  /** @type {string[]} */
  const heard = []
  settings.set("theme", "light")
  settings.on(id => heard.push(id))
  await settings.load()
  assert.equal(settings.get("theme"), "light")
  assert.equal(settings.get("language"), "zh")
  assert.deepEqual(heard, ["language"])
})

test("what was chosen right before the page closed counts, and is sent when it opens again", async t => {
  t.mock.timers.enable({apis: ["setTimeout"]})
  const {made, sent} = desk({"easel.theme": "dark"})
  made().set("theme", "light")
  const again = made()
  await again.load()
  assert.equal(again.get("theme"), "light")
  assert.deepEqual(sent, [{"easel.theme": "light"}])
  await made().load()
  assert.equal(sent.length, 1, "once is enough")
})

test("what can't be read is no choice", () => {
  const {made, storage} = desk()
  storage.setItem("easel.settings", "{not JSON")
  assert.equal(made().get("run.count"), 1)
})

test("the system's theme counts unless one was chosen", () => {
  assert.deepEqual([themeOf("system", true), themeOf("system", false), themeOf("dark", true)],
    ["light", "dark", "dark"])
})
