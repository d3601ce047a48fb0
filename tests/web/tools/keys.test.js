import assert from "node:assert/strict"
import {afterEach, beforeEach, test} from "node:test"

import {Keys} from "../../../web/tools/keys.js"

/** An element that matches some selectors, and so does what is in it. */
class Thing {
  constructor(...selectors) {
    this.selectors = selectors
  }

  closest(list) {
    return list.split(", ").some(one => this.selectors.includes(one)) ? this : null
  }
}

const BODY = new Thing("body")
const kept = {}
let listeners = {}

beforeEach(() => {
  for (const name of ["Element", "Node", "document", "addEventListener"]) kept[name] = globalThis[name]
  listeners = {}
  Object.assign(globalThis, {Element: Thing, Node: Thing, document: {body: BODY},
    addEventListener: (name, heard) => { listeners[name] = heard }})
})

afterEach(() => Object.assign(globalThis, kept))

function keyboard({gesture = () => false} = {}) {
  const ran = []
  const all = [
    {id: "run.queue", keys: ["Ctrl+Enter"], typing: true}, {id: "edit.undo", keys: ["Ctrl+Z"]},
    {id: "edit.delete", keys: ["Delete"]}, {id: "panel.queue", keys: ["Q"]},
    {id: "edit.copy", keys: ["Ctrl+C", "Ctrl+Insert"]}, {id: "files.x", keys: ["Ctrl+K Ctrl+S"]},
    {id: "edit.never", keys: ["X"], when: () => false},
  ]
  let asked = 0
  const rebound = new Set()
  const commands = {all: () => { asked++; return all }, run: id => ran.push(id),
    keysOf: id => all.find(one => one.id === id).keys, on: heard => rebound.add(heard)}
  const rebind = (id, wanted) => {
    all.find(one => one.id === id).keys = wanted
    for (const heard of rebound) heard()
  }
  const hands = {key: gesture, cancel: () => ran.push("cancel"), chosenMenu: () => ran.push("menu"),
    host: {contains: target => target?.selectors?.includes("host") ?? false}}
  const keys = new Keys({commands}, hands)
  let time = 0
  const press = (key, held = "", target = BODY, more = {}) => {
    const event = {type: "keydown", key, code: `Key${key.toUpperCase()}`, target,
      isTrusted: true, timeStamp: time += 10,
      ctrlKey: held.includes("c"), altKey: held.includes("a"), shiftKey: held.includes("s"),
      metaKey: false, defaultPrevented: false, isComposing: false, repeat: false,
      preventDefault() { this.defaultPrevented = true }, ...more}
    listeners.keydown(event)
    return event.defaultPrevented
  }
  return {ran, press, keys, rebind, asked: () => asked}
}

test("keys mean commands wherever the focus is", () => {
  const {ran, press} = keyboard()
  press("q")
  press("q", "", new Thing("button"))
  press("z", "c", new Thing("[role=tabpanel]"))
  assert.deepEqual(ran, ["panel.queue", "panel.queue", "edit.undo"])
})

test("while somebody types only those run that say so", () => {
  const {ran, press} = keyboard()
  const field = new Thing("textarea")
  assert.equal(press("q", "", field), false)
  assert.equal(press("z", "c", field), false)
  assert.equal(press("Enter", "c", field), true)
  press("q", "", new Thing("[role=dialog]"))
  assert.deepEqual(ran, ["run.queue"])
})

test("deleting is for the canvas, not for a panel that has the focus", () => {
  const {ran, press} = keyboard()
  press("Delete", "", new Thing("[role=tree]"))
  assert.deepEqual(ran, [])
  press("Delete", "", new Thing("host"))
  press("Delete", "", new Thing(".node-names", "[role=listbox]"))
  assert.deepEqual(ran, ["edit.delete", "edit.delete"])
})

test("a button keeps the keys that press it", () => {
  const {ran, press} = keyboard({gesture: () => true})
  assert.equal(press(" ", "", new Thing("button")), false)
  assert.equal(press(" "), true)
  press("Enter", "c", new Thing("button"))
  assert.deepEqual(ran, [])
})

test("the browser's own clipboard keys are left to it, other keys for them are not", () => {
  const {ran, press} = keyboard()
  assert.equal(press("c", "c"), false)
  press("Insert", "c")
  assert.deepEqual(ran, ["edit.copy"])
  press("c", "c", BODY, {isTrusted: false})
  assert.deepEqual(ran, ["edit.copy", "edit.copy"], "the browser leaves what is pressed again, late")
})

test("a chord of two strokes runs its command", () => {
  const {ran, press} = keyboard()
  assert.equal(press("k", "c"), true)
  press("s", "c")
  assert.deepEqual(ran, ["files.x"])
})

test("a key that is held down runs a command once, but goes on undoing", () => {
  const {ran, press} = keyboard()
  press("q", "", BODY, {repeat: true})
  press("z", "c", BODY, {repeat: true})
  assert.deepEqual(ran, ["edit.undo"])
})

test("what can't be done now leaves the key to others; so does what others have done", () => {
  const {ran, press} = keyboard()
  assert.equal(press("x"), false)
  press("q", "", BODY, {defaultPrevented: true})
  press("q", "", BODY, {isComposing: true})
  assert.deepEqual(ran, [])
})

test("the menu key opens the menu of what is selected", () => {
  const {ran, press} = keyboard()
  press("F10", "s")
  press("ContextMenu", "", new Thing("textarea"))
  assert.deepEqual(ran, ["menu"])
})

test("a gesture ends when the window loses the focus", () => {
  const {ran} = keyboard()
  listeners.blur()
  assert.deepEqual(ran, ["cancel"])
})

test("which keys mean what is looked up once, and again when other keys are wished for", () => {
  const {ran, press, rebind, asked} = keyboard()
  for (const key of ["q", "q", "x"]) press(key)
  assert.equal(asked(), 1)
  rebind("panel.queue", ["Y"])
  press("q")
  press("y")
  assert.deepEqual(ran, ["panel.queue", "panel.queue", "panel.queue"])
  assert.equal(asked(), 2)
})
