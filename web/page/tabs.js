// @ts-check
/** The documents that are open on this page: their stores, their scenes, which one is shown.
 *
 * Which they are survives a reload. Knows no DOM. */

/** @import {Camera, Graph, Json, SessionState, Tab, Tabs} from "../types.js" */
/** @import {DocumentStore} from "../document/store.js" */
/** @import {Sync} from "../net/sync.js" */
/** @import {CanvasScene} from "../view/scene.js" */
/** @import {PageSession} from "./session.js" */

import {opsBetween} from "../document/between.js"
import {Signal} from "../document/signal.js"
import {parse, stringify} from "../net/json.js"
import {freshSession} from "./session.js"

const KEPT = "easel.tabs"

/** seen: its camera has been placed.
 * @typedef {Tab & {store: DocumentStore, scene: CanvasScene, state: SessionState, seen: boolean}} OpenTab */
/** @typedef {{names: string[], active: string, cameras: Object<string, Camera>}} Kept */

/** @implements {Tabs} */
export class PageTabs {
  /** @type {OpenTab[]} */
  tabs = []
  /** @type {OpenTab | null} */
  shown = null
  /** @type {Signal<void>} */
  #changed = new Signal()
  #parts
  /** @type {Map<string, Promise<void>>} */
  #opening = new Map()

  /** @param {{sync: Sync, session: PageSession, sceneOf: (store: DocumentStore) => CanvasScene,
   *   places: Pick<Storage, "getItem" | "setItem">[], free: (name: string) => Promise<string>,
   *   untitled: () => string, left: (name: string) => void}} parts
   *   places: where the tabs are kept, the first that knows something counts; free: a name that no
   *   document has yet; untitled: what a document is called that nobody has named; left: is told
   *   of a document that is on no canvas any more */
  constructor(parts) {
    this.#parts = parts
    parts.sync.said.on(({type, doc, data}) => this.#said(type, doc, data))
  }

  /** @returns {OpenTab} */
  get active() {
    if (!this.shown) throw new Error("no document is open yet")
    return this.shown
  }

  /** @param {() => void} listener @returns {() => void} */
  on(listener) {
    return this.#changed.on(listener)
  }

  /** Open a document, made from a template or a graph if it is not there, and show it.
   * @param {string} name @param {{template?: string, graph?: Graph}} [options] */
  async open(name, {template, graph} = {}) {
    const wanted = graph ? await this.#parts.free(name) : name
    await this.#opened(wanted, template)
    if (graph) this.#filled(wanted, graph)  // before it is shown, so that it is seen whole
    this.show(wanted)
  }

  /** Throws the sentence why a graph can't be put in; then nothing is left of the document.
   * @param {string} name @param {Graph} graph */
  #filled(name, graph) {
    try {
      this.#fill(name, graph)
    } catch (error) {
      this.close(name)
      throw error
    }
  }

  /** Nodes that have no place get one when the canvas is made anew.
   * @param {string} name @param {Graph} graph */
  #fill(name, graph) {
    const tab = this.tabs.find(one => one.name === name)
    const why = tab?.store.edit(opsBetween(tab.store.graph, graph))
    if (why) throw new Error(why)
    tab?.scene.rebuild()
  }

  /** Open what was open before the page was loaded anew.
   * @returns {Promise<boolean>} whether anything was */
  async restore() {
    const kept = this.#kept()
    const opened = await Promise.allSettled(kept.names.map(name => this.#opened(name)))
    if (!opened.some(({status}) => status === "fulfilled")) return false
    for (const tab of this.tabs) this.#place(tab, kept.cameras[tab.name])
    this.tabs.sort((a, b) => kept.names.indexOf(a.name) - kept.names.indexOf(b.name))
    const last = this.tabs.find(tab => tab.name === kept.active) ?? this.tabs[0]
    this.show(last.name)
    return true
  }

  /** @param {string} name */
  show(name) {
    const tab = this.tabs.find(one => one.name === name)
    if (!tab || tab === this.shown) return
    const before = this.shown
    this.shown = tab
    const left = this.#parts.session.swap(tab.state)
    if (before) before.state = left
    this.#tell()
  }

  /** @param {string} name */
  close(name) {
    const at = this.tabs.findIndex(one => one.name === name)
    if (at < 0 || this.tabs.length === 1) return
    const [tab] = this.tabs.splice(at, 1)
    if (tab === this.shown) this.show((this.tabs[at] ?? this.tabs[at - 1]).name)
    tab.scene.dispose()
    this.#parts.sync.close(name)
    this.#parts.left(name)
    this.#tell()
  }

  /** The server gave it another name. @param {string} old @param {string} name */
  renamed(old, name) {
    const tab = this.tabs.find(one => one.name === old)
    if (tab) tab.name = name
    this.#tell()
  }

  /** Remember which are open and where one looks. */
  keep() {
    const cameras = Object.fromEntries(this.tabs.map(tab => [tab.name, this.#camera(tab)]))
    const names = this.tabs.map(tab => tab.name)
    const text = stringify({names, active: this.shown?.name ?? "", cameras})
    for (const place of this.#parts.places) place.setItem(KEPT, text)
  }

  /** @param {OpenTab} tab @returns {Camera} */
  #camera(tab) {
    return tab === this.shown ? this.#parts.session.camera : tab.state.camera
  }

  /** @param {OpenTab} tab @param {Camera | undefined} camera */
  #place(tab, camera) {
    if (!camera || ![camera.x, camera.y, camera.zoom].every(Number.isFinite)) return
    tab.state.camera = camera
    tab.seen = true
  }

  /** @param {string} name @param {string} [template] @returns {Promise<void>} */
  #opened(name, template) {
    if (this.tabs.some(tab => tab.name === name)) return Promise.resolve()
    const known = this.#opening.get(name)
    if (known) return known
    const opening = this.#begin(name, template).finally(() => this.#opening.delete(name))
    this.#opening.set(name, opening)
    return opening
  }

  /** @param {string} name @param {string} [template] */
  async #begin(name, template) {
    const {sync, sceneOf} = this.#parts
    const store = await sync.open(name, template ? {template} : {})
    const tab = {
      name,
      store,
      scene: sceneOf(store),
      state: freshSession(),
      unsaved: !store.settled,
      online: sync.isLive(name),
      seen: false,
    }
    store.on(() => this.#settled(tab))
    this.tabs.push(tab)
    this.#tell()
  }

  /** @param {OpenTab} tab */
  #settled(tab) {
    if (tab.unsaved === !tab.store.settled) return
    tab.unsaved = !tab.store.settled
    this.#changed.emit()
  }

  /** @param {string} type @param {string} doc @param {Json} data */
  #said(type, doc, data) {
    const tab = this.tabs.find(one => one.name === doc)
    if (!tab) return
    if (type === "renamed") this.renamed(doc, data.to)
    else if (type === "gone") this.#gone(tab).catch(() => {})  // then it stays, marked as cut off
    else if (type === "opened" || type === "lost") {
      tab.online = type === "opened"
      this.#changed.emit()
    }
  }

  /** Its document was removed. Nothing would keep what is edited in it, so the last tab makes room
   * for an empty document. @param {OpenTab} tab */
  async #gone(tab) {
    tab.online = false
    this.#changed.emit()
    const {free, untitled} = this.#parts
    if (this.tabs.length === 1) await this.open(await free(untitled()))
    this.close(tab.name)
  }

  #tell() {
    this.keep()
    this.#changed.emit()
  }

  /** @returns {Kept} */
  #kept() {
    for (const place of this.#parts.places) {
      const found = read(place.getItem(KEPT))
      if (found) return found
    }
    return {names: [], active: "", cameras: {}}
  }
}

/** @param {string | null} text @returns {Kept | null} */
function read(text) {
  try {
    const found = text ? parse(text) : null
    return Array.isArray(found?.names) && found.cameras ? found : null
  } catch {
    return null  // written by something else
  }
}
