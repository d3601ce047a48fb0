import assert from "node:assert/strict"
import {test} from "node:test"

import {ChordReader, nameOfKeys, normal, strokeOf} from "../../../web/tools/chords.js"

const press = (key, code, held = "") => ({key, code, ctrlKey: held.includes("c"),
  altKey: held.includes("a"), shiftKey: held.includes("s"), metaKey: held.includes("m")})

test("a stroke is named by what is held and what is pressed", () => {
  assert.equal(strokeOf(press("e", "KeyE", "cs")), "Ctrl+Shift+E")
  assert.equal(strokeOf(press("Enter", "Enter", "ca")), "Ctrl+Alt+Enter")
  assert.equal(strokeOf(press(" ", "Space")), "Space")
  assert.equal(strokeOf(press("Control", "ControlLeft", "c")), "")
})

test("the command key of a Mac is Ctrl", () => {
  assert.equal(strokeOf(press("k", "KeyK", "m")), "Ctrl+K")
})

test("letters are found by their place on other layouts and under Alt", () => {
  assert.equal(strokeOf(press("ь", "KeyM", "c")), "Ctrl+M")
  assert.equal(strokeOf(press("ç", "KeyC", "a")), "Alt+C")
  assert.equal(strokeOf(press("z", "KeyY", "c")), "Ctrl+Z")
})

test("a sign is the same with and without the Shift that it needs", () => {
  assert.equal(strokeOf(press("?", "Slash", "s")), "?")
  assert.equal(strokeOf(press("+", "Equal", "as")), "Alt++")
  assert.equal(strokeOf(press("=", "Equal", "a")), "Alt+=")
  assert.equal(strokeOf(press("≠", "Equal", "a")), "Alt+=")
})

test("however keys are written, they have one spelling", () => {
  assert.equal(normal("shift+ctrl+e"), "Ctrl+Shift+E")
  assert.equal(normal("alt++"), "Alt++")
  assert.equal(normal("ctrl+k  ctrl+s"), "Ctrl+K Ctrl+S")
})

test("people read keys as their system writes them", () => {
  assert.equal(nameOfKeys("Ctrl+Shift+Enter", false), "Ctrl+Shift+↵")
  assert.equal(nameOfKeys("Ctrl+Shift+Enter", true), "⌘⇧↵")
  assert.equal(nameOfKeys("Alt++", false), "Alt++")
})

test("a chord is read stroke by stroke, and forgotten when the second comes late", () => {
  const bound = ["Ctrl+K Ctrl+S", "Ctrl+S"]
  const reader = new ChordReader()
  assert.deepEqual(reader.read("Ctrl+K", bound, 0), {keys: "", waiting: true})
  assert.deepEqual(reader.read("Ctrl+S", bound, 500), {keys: "Ctrl+K Ctrl+S", waiting: false})
  reader.read("Ctrl+K", bound, 1000)
  assert.deepEqual(reader.read("Ctrl+S", bound, 4000), {keys: "Ctrl+S", waiting: false})
  assert.deepEqual(reader.read("X", bound, 4001), {keys: "", waiting: false})
})

test("a chord that was begun in vain does not swallow the next stroke", () => {
  const reader = new ChordReader()
  reader.read("Ctrl+K", ["Ctrl+K Ctrl+S", "F"], 0)
  assert.deepEqual(reader.read("F", ["Ctrl+K Ctrl+S", "F"], 100), {keys: "F", waiting: false})
})
