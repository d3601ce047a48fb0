// @ts-check
/** Parts of the page that a first picture does not need: loaded when they are first asked for, or
 * once the page has come to rest. Keys that are pressed meanwhile wait for what they open. */
/** @import {App} from "../types.js" */

import {isTyping} from "./keys.js"

const PATIENCE = 8000 // milliseconds for the server to say that it is there

/** Does something with a part: at once if it is here already.
 * @template T @typedef {(app: Pick<App, "t" | "ui">, act: (part: T) => void) => void} Later */

/** @type {(() => Promise<unknown>)[]} */
const all = []

/** Something that a person opens: what is typed from then on is meant for it.
 * @template T @param {() => Promise<T>} load  an import() @returns {Later<T>} */
export function later(load) {
  return using(load, () => {
    const keys = new HeldKeys()
    return () => keys.end().forEach(pressAgain)
  })
}

/** Something that comes by itself: keys go where they went.
 * @template T @param {() => Promise<T>} load  an import() @returns {Later<T>} */
export function byItself(load) {
  return using(load, () => () => {})
}

/** @template T @param {() => Promise<T>} load
 * @param {() => () => void} begin  called when a part is waited for; returns what to do at the end
 * @returns {Later<T>} */
function using(load, begin) {
  /** @type {T | undefined} */
  let part
  const fetched = async () => (part ??= await load())
  all.push(fetched)
  /** @type {Later<T>} */
  const use = async (app, act) => {
    if (part) return act(part)
    const end = begin()
    const found = await loaded(app, fetched, () => use(app, act))
    if (found) act(found)
    end()
  }
  return use
}

/** Load all that has not been asked for yet, one after the other: the page then goes on without a
 * server, too: the mark `easel.complete` says so to who measures. What can't be had now is loaded
 * when it is needed, or when this is called again.
 * @returns {Promise<boolean>} whether all is here */
export async function loadRest() {
  let whole = true
  for (const fetched of all) {
    const there = await reached().then(() => true, () => false)
    if (!there) return false
    whole = await fetched().then(() => whole, () => false)
  }
  if (whole) performance.mark("easel.complete")
  return whole
}

/** @template T @param {Pick<App, "t" | "ui">} app @param {() => Promise<T>} load
 * @param {() => void} again @returns {Promise<T | null>} null: it was said what went wrong */
async function loaded({t, ui}, load, again) {
  let there = false
  try {
    await reached()
    there = true
    return await load()
  } catch {
    // browsers remember that a module could not be had: then only a new page helps
    const way = there ? {title: t("page.anew"), run: () => location.reload()}
      : {title: t("page.again"), run: again}
    ui.toast(t("page.notLoaded"), "bad", way)
    return null
  }
}

/** Throws if the server is not there: a module that was asked for in vain can't be asked for again.
 * @returns {Promise<void>} */
async function reached() {
  const signal = AbortSignal.timeout(PATIENCE)
  const answer = await fetch(import.meta.url, {cache: "no-cache", signal})
  if (!answer.ok) throw new Error(answer.statusText)
}

/** Keys that were pressed before what they are meant for was there. */
class HeldKeys {
  /** @type {KeyboardEvent[]} */
  #held = []
  #hear = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return
    event.preventDefault()
    event.stopImmediatePropagation()
    this.#held.push(event)
  }

  constructor() {
    addEventListener("keydown", this.#hear, true)
  }

  /** @returns {KeyboardEvent[]} */
  end() {
    removeEventListener("keydown", this.#hear, true)
    return this.#held
  }
}

/** For whatever has the focus now. @param {KeyboardEvent} event */
function pressAgain(event) {
  const target = document.activeElement ?? document.body
  const free = target.dispatchEvent(new KeyboardEvent("keydown", event))
  if (!free || !isTyping(target)) return
  const act = OF_BROWSERS.get(nameOf(event))
  if (act) act()
  else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) insert(event.key)
}

/** What a browser does in a field by itself, for keys that a hand has pressed.
 * @type {Map<string, () => void>} */
const OF_BROWSERS = new Map([
  ["Ctrl+a", () => { document.execCommand("selectAll") }],
  ["Ctrl+v", insertCopied],
  ["Backspace", () => { document.execCommand("delete") }],
  ["Delete", () => { document.execCommand("forwardDelete") }],
])

/** @param {KeyboardEvent} event @returns {string} */
function nameOf({key, ctrlKey, metaKey}) {
  return ctrlKey || metaKey ? `Ctrl+${key.toLowerCase()}` : key
}

/** Not where the browser does not let a page read the clipboard. */
function insertCopied() {
  navigator.clipboard?.readText().then(insert, () => {})
}

/** @param {string} text */
function insert(text) {
  document.execCommand("insertText", false, text)
}
