// @ts-check
/** Documents over the socket: opened, edited, and caught up with when the line is back.
 *
 * An edit is kept until the server has answered it. Knows no page. */

/** @import {Edit, Json} from "../types.js" */

import {Signal} from "../document/signal.js"
import {DocumentStore} from "../document/store.js"
import {Keep} from "./keep.js"

/** What Sync needs of the line.
 * @typedef {{online: boolean, say: (type: string, data: Json) => void,
 *   messages: Signal<{type: string, data: Json}>, lines: Signal<boolean>}} Voice */
/** What is said of a document beside its edits: its state ("opened", "live"), problems, presence,
 * `queued` and so on, as the server sent them. "gone": it was removed.
 * @typedef {{type: string, doc: string, data: Json}} Said */
/** live: the server has shown it on this line and hears of edits at once; then: what waits until
 * it is live.
 * @typedef {{store: DocumentStore, live: boolean, template: string | undefined,
 *   opened: (error: Error | null) => void, whenOpened: Promise<DocumentStore>,
 *   then: (() => void)[]}} Open */

export class Sync {
  /** @type {Signal<Said>} */
  said = new Signal()
  /** @type {Map<string, Open>} */
  #open = new Map()
  #voice
  #keep
  #client
  #say

  /** @param {{voice: Voice, client: string, keep?: Keep,
   *   say?: (reason: string, values: {path: string}) => string}} parts */
  constructor({voice, client, keep = new Keep(null), say}) {
    this.#voice = voice
    this.#client = client
    this.#keep = keep
    this.#say = say
    voice.messages.on(({type, data}) => this.#hear(type, data))
    voice.lines.on(up => this.#line(up))
  }

  /** A document that is open from now on. The promise holds once the server has shown it, and
   * fails with the server's sentence if it can't.
   * @param {string} name @param {{template?: string}} [options]
   * @returns {Promise<DocumentStore>} */
  open(name, {template} = {}) {
    const found = this.#open.get(name)
    if (found) return found.whenOpened
    const made = this.#begin(name, template)
    this.#open.set(name, made)
    if (this.#voice.online) this.#ask(made)
    return made.whenOpened
  }

  /** The store of an open document, shown by the server or not yet.
   * @param {string} name @returns {DocumentStore | undefined} */
  storeOf(name) {
    return this.#open.get(name)?.store
  }

  /** Whether edits of a document reach the server at once.
   * @param {string} name @returns {boolean} */
  isLive(name) {
    return this.#open.get(name)?.live ?? false
  }

  /** Look away. Edits that are not answered are sent when the document is opened again.
   * @param {string} name */
  close(name) {
    if (this.#open.delete(name)) this.#voice.say("close", {doc: name})
  }

  /** Queue a document as it is now; without a line, as soon as there is one.
   * @param {string} name
   * @param {{count?: number, front?: boolean, targets?: string[]}} [options] */
  run(name, options = {}) {
    const open = this.#open.get(name)
    if (!open) return
    const run = () => this.#voice.say("run", {doc: name, rev: open.store.rev, ...options})
    if (open.live) run()
    else open.then.push(run)
  }

  /** Something about a document that is of this moment only: `presence`.
   * @param {string} name @param {Json} data */
  presence(name, data) {
    if (this.isLive(name)) this.#voice.say("presence", {doc: name, client: this.#client, ...data})
  }

  /** @param {string} name @param {string | undefined} template @returns {Open} */
  #begin(name, template) {
    /** @type {(error: Error | null) => void} */
    let opened = () => {}
    const store = new DocumentStore({
      name,
      client: this.#client,
      send: edit => this.#send(store.name, edit),
      ...this.#say && {say: this.#say},
    })
    store.adopt(this.#keep.of(name))
    /** @type {Promise<DocumentStore>} */
    const whenOpened = new Promise((resolve, reject) => {
      opened = error => error ? reject(error) : resolve(store)
    })
    return {store, live: false, template, opened, whenOpened, then: []}
  }

  /** @param {Open} open */
  #ask({store, template}) {
    const known = store.epoch === null ? {} : {rev: store.rev, epoch: store.epoch}
    this.#voice.say("open", {doc: store.name, ...known, ...template && {template}})
  }

  /** @param {string} name @param {Edit} edit */
  #send(name, edit) {
    if (!this.#open.has(name)) return
    this.#keep.add(name, edit)
    if (this.isLive(name)) this.#voice.say("edit", {doc: name, ...edit})
  }

  /** @param {boolean} up */
  #line(up) {
    for (const open of this.#open.values()) {
      open.live = false
      if (up) this.#ask(open)
      else this.said.emit({type: "lost", doc: open.store.name, data: {}})
    }
  }

  /** @param {string} type @param {Json} data */
  #hear(type, data) {
    if (typeof data.doc !== "string") return
    if (type === "edited" || type === "refused") this.#keep.remove(data.doc, data)
    const open = this.#open.get(data.doc)
    if (!open) return
    if (type === "opened") this.#opened(open, data)
    else if (type === "edited") this.#edited(open, data)
    else if (type === "refused") open.store.refused(data)
    else if (type === "closed") this.#closed(open, data)
    else if (type === "error" && open.store.epoch === null) this.#failed(open, data)
    else this.said.emit({type, doc: open.store.name, data})
  }

  /** @param {Open} open @param {Json} data */
  #opened(open, data) {
    const {store} = open
    if (data.graph) store.reset(data.graph, data.rev, data.epoch)
    else store.caughtUp(data.batches, data.epoch)
    for (const batch of data.batches ?? []) this.#keep.remove(store.name, batch)
    open.live = true
    for (const {edit} of store.pending) this.#voice.say("edit", {doc: store.name, ...edit})
    for (const act of open.then.splice(0)) act()
    open.opened(null)
    this.said.emit({type: "opened", doc: store.name, data: {}})
  }

  /** @param {Open} open @param {Json} data */
  #edited(open, data) {
    if (open.store.confirmed(data) || !open.live) return
    open.live = false  // something is missing: ask for it
    this.#ask(open)
  }

  /** It was renamed or removed.
   * @param {Open} open @param {Json} data */
  #closed(open, data) {
    const {name} = open.store
    this.#open.delete(name)
    open.live = false
    if (typeof data.renamed !== "string") {
      this.#keep.forget(name)
      this.said.emit({type: "gone", doc: name, data})
      return
    }
    this.#keep.rename(name, data.renamed)
    open.store.name = data.renamed
    this.#open.set(data.renamed, open)
    this.#ask(open)
    this.said.emit({type: "renamed", doc: name, data: {to: data.renamed}})
  }

  /** @param {Open} open @param {Json} data */
  #failed(open, data) {
    this.#open.delete(open.store.name)
    open.opened(new Error(String(data.message)))
  }
}
