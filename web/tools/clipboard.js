// @ts-check
/** Copy, cut and paste between windows and programs: as text, by the events of the browser's own
 * clipboard where it has any, else by asking for it. */
/** @import {App, Json} from "../types.js" */
/** @import {Given} from "./given.js" */

import {copied} from "../document/clipboard.js"
import {removeKeys} from "../document/changes.js"
import {placesIn} from "./drag_node.js"
import {editAndSelect} from "./edit.js"
import {isTyping} from "./keys.js"
import {withContent} from "./select.js"

const KEPT = "easel.clipboard"
const WAIT = 120 // milliseconds in which a browser that pastes by itself has done so

export class Clipboard {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  #linked = false

  /** @param {App} app @param {Given} given  what is done with what comes
   * @param {(value: Json) => string} stringify */
  constructor(app, given, stringify) {
    this.app = app
    this.given = given
    this.stringify = stringify
  }

  /** Hear what the browser says of its clipboard. */
  listen() {
    addEventListener("copy", event => this.#copied(event, false))
    addEventListener("cut", event => this.#copied(event, true))
    addEventListener("paste", event => this.#pasted(event))
    addEventListener("keydown", event => this.#pressed(event), true)
  }

  /** Copy what is selected. */
  copy() {
    const text = this.#text()
    keep(text)
    // where that is not allowed, the page's own copy is there
    navigator.clipboard?.writeText(text).catch(() => {})
  }

  /** Copy what is selected and take it out. */
  cut() {
    this.copy()
    this.#remove()
  }

  /** Put in what was copied last. @param {boolean} linked  keep links to what stays */
  async paste(linked) {
    const text = await navigator.clipboard?.readText().catch(() => "")
    await this.given.text(text || (localStorage.getItem(KEPT) ?? ""), linked)
  }

  /** A group is copied with what is in it. */
  #keys() {
    return withContent(this.app.scene, this.app.session.selection)
  }

  /** @returns {string} */
  #text() {
    const {store, scene} = this.app
    return this.stringify(copied(store.graph, scene.where, this.#keys(), placesIn(this.app)))
  }

  #remove() {
    const {store, scene, specs} = this.app
    editAndSelect(this.app, removeKeys(store.graph, scene.where, this.#keys(), specs), [])
  }

  /** @param {ClipboardEvent} event @param {boolean} cut */
  #copied(event, cut) {
    const {selection} = this.app.session
    if (isOfText(event) || !selection.size || !event.clipboardData) return
    event.preventDefault()
    const text = this.#text()
    event.clipboardData.setData("text/plain", text)
    keep(text)
    if (cut) this.#remove()
  }

  /** @param {ClipboardEvent} event */
  #pasted(event) {
    clearTimeout(this.#timer)
    const data = event.clipboardData
    if (isTyping(event.target) || event.defaultPrevented || !data) return
    event.preventDefault()
    const files = [...data.files]
    const linked = this.#linked
    this.#linked = false
    if (files.length) this.given.files(files, this.app.pointer().point)
    else this.given.text(data.getData("text/plain"), linked)
  }

  /** Ctrl+Shift+V pastes with links; not every browser has an event for it.
   * @param {KeyboardEvent} event */
  #pressed(event) {
    const {code, isTrusted, target} = event
    if (code !== "KeyV" || !(event.ctrlKey || event.metaKey) || !isTrusted || isTyping(target)) return
    this.#linked = event.shiftKey
    if (event.shiftKey) this.#timer = setTimeout(() => this.paste(true), WAIT)
  }
}

/** For browsers that do not let a page read the clipboard. @param {string} text */
function keep(text) {
  try {
    localStorage.setItem(KEPT, text)
  } catch {
    localStorage.removeItem(KEPT) // too large: better nothing than what was copied before
  }
}

/** Whether an event is of a text that somebody has selected or writes. @param {Event} event */
function isOfText(event) {
  const chosen = getSelection()
  const words = chosen !== null && !chosen.isCollapsed
  return isTyping(event.target) || event.defaultPrevented || words
}
