// @ts-check
/** What a person has chosen: kept in this browser first, and on the server for the next one. */

/** @import {Api, Json, Settings} from "../types.js" */

import {Signal} from "../document/signal.js"
import {parse, stringify} from "../net/json.js"

const KEPT = "easel.settings"
const UNSENT = "easel.settings.unsent"
const PREFIX = "easel."  // among the server's settings, which other programs have too
const SOON = 400         // milliseconds until changes are sent

/** What holds where nobody has chosen.
 * @type {Object<string, Json>} */
const DEFAULTS = {
  theme: "system",
  language: "system",
  name: "",
  "canvas.snap": false,
  "canvas.wheel": "auto",
  "canvas.drag": "pan",
  "view.minimap": true,
  "view.links": true,
  "view.times": false,
  "view.focus": false,
  "run.count": 1,
  "run.onChange": false,
  "page.panel": "queue",
}
/** Of this browser alone. */
const LOCAL = new Set(["name", "page.panel", "view.focus"])

/** @implements {Settings} */
export class PageSettings {
  /** @type {Object<string, Json>} */
  #values
  /** @type {Object<string, Json>} what the server does not know yet */
  #unsent = {}
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  /** @type {Signal<string>} */
  #changed = new Signal()

  /** @param {{storage: Pick<Storage, "getItem" | "setItem">, api: Pick<Api, "get" | "post">}} parts */
  constructor({storage, api}) {
    this.storage = storage
    this.api = api
    this.#values = read(storage.getItem(KEPT))
    this.#unsent = read(storage.getItem(UNSENT))  // the page was closed before they were sent
  }

  /** Take over what the server has, where this page has not changed it meanwhile. */
  async load() {
    const said = await this.api.get("/settings").catch(() => ({}))
    for (const [key, value] of Object.entries(said ?? {})) {
      const id = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : ""
      if (!id || LOCAL.has(id) || Object.hasOwn(this.#unsent, id)) continue
      if (stringify(this.get(id) ?? null) === stringify(value)) continue
      this.#put(id, value)
      this.#changed.emit(id)
    }
    if (Object.keys(this.#unsent).length) await this.#send()
  }

  /** @param {string} id @returns {Json} */
  get(id) {
    return Object.hasOwn(this.#values, id) ? this.#values[id] : DEFAULTS[id]
  }

  /** @param {string} id @param {Json} value */
  set(id, value) {
    if (stringify(this.get(id) ?? null) === stringify(value ?? null)) return
    this.#put(id, value)
    if (!LOCAL.has(id)) {
      this.#wait({...this.#unsent, [id]: value})
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.#send(), SOON)
    }
    this.#changed.emit(id)
  }

  /** @param {(id: string) => void} listener @returns {() => void} */
  on(listener) {
    return this.#changed.on(listener)
  }

  /** @param {string} id @param {Json} value */
  #put(id, value) {
    this.#values[id] = value
    this.storage.setItem(KEPT, stringify(this.#values))
  }

  /** @param {Object<string, Json>} unsent */
  #wait(unsent) {
    this.#unsent = unsent
    this.storage.setItem(UNSENT, stringify(unsent))
  }

  /** What can't be sent now is sent with the next change, or when the page is opened again. */
  async #send() {
    const sent = this.#unsent
    const named = Object.entries(sent).map(([id, value]) => [PREFIX + id, value ?? null])
    try {
      await this.api.post("/settings", Object.fromEntries(named))
    } catch {
      return
    }
    const later = Object.entries(this.#unsent).filter(([id, value]) => value !== sent[id])
    this.#wait(Object.fromEntries(later))
  }
}

/** @param {string | null} text @returns {Object<string, Json>} */
function read(text) {
  try {
    const found = text ? parse(text) : null
    return found && typeof found === "object" && !Array.isArray(found) ? found : {}
  } catch {
    return {}  // written by something else
  }
}

/** Show the theme that is meant: the system's, or the one that was chosen.
 * @param {Json} wanted  "system" "dark" "light" @param {boolean} systemIsLight
 * @returns {"dark" | "light"} */
export function themeOf(wanted, systemIsLight) {
  if (wanted === "dark" || wanted === "light") return wanted
  return systemIsLight ? "light" : "dark"
}
