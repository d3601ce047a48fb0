import assert from "node:assert/strict"
import {test} from "node:test"

import {nameOfFile} from "../../../web/panels/documents.js"
import {byGroup} from "../../../web/panels/key_settings.js"
import {linkOf} from "../../../web/panels/share.js"
import {spokenIn, translating} from "../../../web/texts/index.js"

const spoken = await spokenIn("en")

test("commands stand under the titles of their groups, in order", () => {
  /** @type {any} */
  const app = {t: translating(() => spoken)}
  const command = (/** @type {string} */ id, /** @type {string} */ group) => ({id, group, run() {}})
  const groups = byGroup(app, [command("a", "one"), command("b", "two"), command("c", "one")])
  assert.deepEqual(groups.map(([title, all]) => [title, all.map(one => one.id).join("")]),
    [["one", "ac"], ["two", "b"]])
})

test("a link carries the token before the name, which no server sees", () => {
  assert.equal(linkOf("http://h:1", "a b/笑", ""), "http://h:1/#a%20b/%E7%AC%91")
  assert.equal(linkOf("http://h:1", "x", "t&k"), "http://h:1/?token=t%26k#x")
})

test("a file's name without its endings is the document's", () => {
  assert.equal(nameOfFile("C:\\flows\\my flow.easel.json"), "my flow")
  assert.equal(nameOfFile("smile_00001_.png"), "smile_00001_")
  assert.equal(nameOfFile(".hidden.json"), "hidden")
  assert.equal(nameOfFile("a<b>?.json"), "a b")
})
