import assert from "node:assert/strict"
import {afterEach, beforeEach, test} from "node:test"

import {parse, stringify} from "../../../web/net/json.js"
import {Clipboard} from "../../../web/tools/clipboard.js"
import {GRAPH, desk} from "./desk.js"

const NAMES = ["Element", "addEventListener", "getSelection", "localStorage", "navigator"]
const kept = {}
let listeners = {}

beforeEach(() => {
  for (const name of NAMES) kept[name] = Object.getOwnPropertyDescriptor(globalThis, name)
  listeners = {}
  const store = new Map()
  const fakes = {Element: class {}, navigator: {}, getSelection: () => null,
    addEventListener: (name, heard) => { listeners[name] = heard },
    localStorage: {getItem: key => store.get(key) ?? null, removeItem: key => store.delete(key),
      setItem: (key, value) => { store.set(key, value) }}}
  for (const [name, value] of Object.entries(fakes)) {
    Object.defineProperty(globalThis, name, {value, configurable: true, writable: true})
  }
})

afterEach(() => {
  for (const name of NAMES) {
    delete globalThis[name]
    if (kept[name]) Object.defineProperty(globalThis, name, kept[name])
  }
})

function clipping() {
  const made = desk()
  const given = {text: async (...args) => { made.said.push(["text", ...args]) },
    files: async (...args) => { made.said.push(["files", ...args]) }}
  const clipboard = new Clipboard(made.app, given, stringify)
  clipboard.listen()
  const data = {text: "", files: [], setData: (_, text) => { data.text = text }, getData: () => data.text}
  const fire = (name, more = {}) => {
    const event = {target: null, defaultPrevented: false, clipboardData: data,
      preventDefault() { this.defaultPrevented = true }, ...more}
    listeners[name](event)
    return event.defaultPrevented
  }
  return {...made, clipboard, data, fire}
}

test("what is copied is plain JSON, a group with what is in it", () => {
  const {session, data, fire} = clipping()
  session.set({selection: new Set(["groups/g"])})
  assert.equal(fire("copy"), true)
  const clip = parse(data.text)
  assert.deepEqual(Object.keys(clip.nodes), ["prompt"])
  assert.deepEqual(clip.groups.g, GRAPH.groups.g)
})

test("what is cut is gone, in one edit", () => {
  const {store, session, data, fire} = clipping()
  session.set({selection: new Set(["nodes/prompt"])})
  fire("cut")
  assert.ok(parse(data.text).nodes.prompt)
  assert.equal(store.graph.nodes.prompt, undefined)
  assert.equal(store.pending.length, 1)
})

test("with nothing selected, or words selected on the page, the browser copies as usual", () => {
  const {session, fire} = clipping()
  assert.equal(fire("copy"), false)
  session.set({selection: new Set(["nodes/prompt"])})
  globalThis.getSelection = () => ({isCollapsed: false})
  assert.equal(fire("copy"), false)
})

test("pasted text and pictures are given on, with Shift to be linked", () => {
  const {data, said, fire} = clipping()
  data.text = "{}"
  fire("paste")
  fire("keydown", {code: "KeyV", ctrlKey: true, shiftKey: true, isTrusted: true})
  fire("paste")
  data.files = [new File(["x"], "a.png")]
  fire("paste")
  assert.deepEqual(said.slice(0, 2), [["text", "{}", false], ["text", "{}", true]])
  assert.equal(said[2][0], "files")
})

test("where the browser's clipboard can't be read, the last copy of any window is pasted", async () => {
  const {session, said, clipboard} = clipping()
  session.set({selection: new Set(["nodes/load"])})
  clipboard.copy()
  await clipboard.paste(false)
  assert.equal(said[0][0], "text")
  assert.ok(parse(said[0][1]).nodes.load)
})
