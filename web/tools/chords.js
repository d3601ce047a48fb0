// @ts-check
/** Names of keys: "Ctrl+Shift+E" of an event, chords of several strokes, and how they are
 * read.
 * Pure: knows no commands. Ctrl stands for the command key of a Mac too. */

/** The parts of a KeyboardEvent that are read.
 * @typedef {{key: string, code: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean,
 *   shiftKey: boolean}} Press */

const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Dead"])
const MAC = {Ctrl: "⌘", Alt: "⌥", Shift: "⇧", Enter: "↵", Backspace: "⌫", Delete: "⌦",
  Escape: "esc"}
const SHORT = {Escape: "Esc", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓",
  Enter: "↵"}

/** The stroke that an event is, "" for a modifier alone. Letters are told by their place where the
 * layout gives another alphabet, or where Alt makes a sign of them.
 * @param {Press} press @returns {string} */
export function strokeOf(press) {
  if (MODIFIERS.has(press.key) || press.key === "Process") return ""
  const key = keyOf(press)
  const sign = key.length === 1 && !/[\p{L}\d]/u.test(key)
  const parts = [
    press.ctrlKey || press.metaKey ? "Ctrl" : "",
    press.altKey ? "Alt" : "",
    press.shiftKey && !sign ? "Shift" : "",
    key,
  ]
  return parts.filter(Boolean).join("+")
}

/** @param {Press} press @returns {string} */
function keyOf({key, code, altKey}) {
  if (key === " ") return "Space"
  if (key.length !== 1) return key
  const plain = /^[\x21-\x7e]$/.test(key)
  const letter = /^Key([A-Z])$/.exec(code)?.[1]
  if (letter && (altKey || !plain)) return letter
  const sign = code === "Minus" ? "-" : code === "Equal" ? "=" : ""
  if (altKey && !plain && sign) return sign
  return key.toUpperCase()
}

/** One spelling of keys that somebody has written: "shift+ctrl+e" is "Ctrl+Shift+E".
 * @param {string} keys @returns {string} */
export function normal(keys) {
  return keys.trim().split(/\s+/).map(stroke => {
    const parts = partsOf(stroke)
    const key = parts.at(-1) ?? ""
    const held = new Set(parts.slice(0, -1).map(part => part.toLowerCase()))
    const named = key.length === 1 ? key.toUpperCase() : key
    const ctrl = held.has("ctrl") || held.has("cmd") || held.has("meta")
    const all = [ctrl && "Ctrl", held.has("alt") && "Alt", held.has("shift") && "Shift", named]
    return all.filter(Boolean).join("+")
  }).join(" ")
}

/** The parts of a stroke; the last may be a plus itself. @param {string} stroke
 * @returns {string[]} */
function partsOf(stroke) {
  if (!stroke.endsWith("+")) return stroke.split("+")
  return [...stroke.slice(0, -1).split("+").filter(Boolean), "+"]
}

/** Keys as a person reads them. @param {string} keys @param {boolean} mac @returns {string} */
export function nameOfKeys(keys, mac) {
  /** @type {Object<string, string>} */
  const names = mac ? {...SHORT, ...MAC} : SHORT
  return keys.split(" ").map(stroke =>
    partsOf(stroke).map(part => names[part] ?? part).join(mac ? "" : "+"),
  ).join(" ")
}

/** Reads strokes until they are a whole chord. */
export class ChordReader {
  #read = ""
  #time = -Infinity

  /** @param {string} stroke @param {Iterable<string>} bound  all keys that mean something
   * @param {number} time  milliseconds @returns {{keys: string, waiting: boolean}}
   *   keys: the bound keys that are complete, or "" */
  read(stroke, bound, time) {
    const before = time - this.#time < 1500 ? this.#read : ""
    const all = [...bound]
    for (const keys of before ? [`${before} ${stroke}`, stroke] : [stroke]) {
      const longer = all.some(other => other.startsWith(`${keys} `))
      const known = all.includes(keys)
      if (!longer && !known) continue
      this.#read = known ? "" : keys
      this.#time = time
      return {keys: known ? keys : "", waiting: !known}
    }
    this.#read = ""
    return {keys: "", waiting: false}
  }
}
