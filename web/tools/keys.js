// @ts-check
/** Keys of the whole page: gestures first, then commands, wherever the focus is; while somebody
 * types, only those commands that say so. */
/** @import {App, Command} from "../types.js" */
/** @import {Hands} from "./hands.js" */

import {ChordReader, nameOfKeys, normal, strokeOf} from "./chords.js"

export {nameOfKeys, normal, strokeOf}

/** Keys that the browser itself turns into an event of the clipboard, if it was a hand that pressed
 * them and not ours again, late. */
const OWN = new Map([["edit.copy", "Ctrl+C"], ["edit.cut", "Ctrl+X"], ["edit.paste", "Ctrl+V"],
  ["edit.pasteLinked", "Ctrl+Shift+V"]])
/** Commands that go on while their key is held down. */
const REPEATED = /^(edit\.(undo|redo|nudge)|view\.zoom)/
const FIELDS = "input:not([type=button]):not([type=checkbox]):not([type=radio]):not([type=range])"
  + ", textarea, select, [contenteditable=true], [role=textbox]"
const CLOSED = "dialog, [role=dialog], [role=menu], [role=listbox]"
/** The list of nodes by name: there keys mean the canvas. */
const NAMES = ".node-names"
/** Keys that mean what has the focus, unless that is the canvas. */
const NEAR = /^(Shift\+)?(Arrow\w+|Delete|Backspace|ContextMenu|F10)$/
const MENU = new Set(["ContextMenu", "Shift+F10"])
const PRESSED = "button, a, summary, input, [role=button], [role=tab], [role=option], [role=slider]"

export class Keys {
  #chords = new ChordReader()
  /** @type {Map<string, Command[]> | null} until other keys are wished for */
  #bound = null

  /** @param {App} app @param {Hands} hands */
  constructor(app, hands) {
    this.app = app
    this.hands = hands
    addEventListener("keydown", event => this.#down(event))
    addEventListener("keyup", event => { if (!isTyping(event.target)) hands.key(event) })
    addEventListener("blur", () => hands.cancel())
    app.commands.on(() => { this.#bound = null })
  }

  /** @param {KeyboardEvent} event */
  #down(event) {
    if (event.defaultPrevented || event.isComposing) return
    const {target} = event
    const named = isIn(target, NAMES)
    const busy = !named && (isTyping(target) || isIn(target, CLOSED))
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey
    const forButton = plain && [" ", "Enter"].includes(event.key) && isIn(target, PRESSED)
    if (forButton) return
    if (!busy && this.hands.key(event)) return event.preventDefault()
    if (this.hands.busy) return // what it holds must not be changed under it
    const stroke = strokeOf(event)
    const near = named || target === document.body || this.hands.host.contains(asNode(target))
    if (!stroke || (!near && NEAR.test(stroke))) return
    if (MENU.has(stroke) && !busy) {
      event.preventDefault()
      return this.hands.chosenMenu()
    }
    const {commands} = this.app
    const bound = this.#bound ??= boundKeys(commands.all(), id => commands.keysOf(id))
    const {keys, waiting} = this.#chords.read(stroke, bound.keys(), event.timeStamp)
    if (waiting && !busy) return event.preventDefault()
    const command = bound.get(keys)?.find(one => this.#mayRun(one, keys, event, busy))
    if (!command) return
    event.preventDefault()
    commands.run(command.id)
  }

  /** @param {Command} command @param {string} keys @param {KeyboardEvent} event
   * @param {boolean} busy @returns {boolean} */
  #mayRun(command, keys, event, busy) {
    if (busy && !command.typing) return false
    if (event.isTrusted && OWN.get(command.id) === keys) return false
    if (event.repeat && !REPEATED.test(command.id)) return false
    return command.when?.(this.app) ?? true
  }
}

/** Commands by their keys. @param {Command[]} commands @param {(id: string) => string[]} keysOf
 * @returns {Map<string, Command[]>} */
export function boundKeys(commands, keysOf) {
  /** @type {Map<string, Command[]>} */
  const bound = new Map()
  for (const command of commands) {
    for (const keys of keysOf(command.id)) {
      const had = bound.get(keys)
      if (had) had.push(command)
      else bound.set(keys, [command])
    }
  }
  return bound
}

/** @param {EventTarget | null} target @returns {Node | null} */
function asNode(target) {
  return target instanceof Node ? target : null
}

/** Whether somebody writes there. @param {EventTarget | null} target @returns {boolean} */
export function isTyping(target) {
  return isIn(target, FIELDS)
}

/** @param {EventTarget | null} target @param {string} selector @returns {boolean} */
function isIn(target, selector) {
  return target instanceof Element && target.closest(selector) !== null
}
