// @ts-check
/** What runs, and what nodes have to show for it: the server's messages in, one state out.
 *
 * Knows no socket and no DOM; object URLs are made by what is handed in. */

/** @import {Json, NodeError, NodeRun, RunState} from "../types.js" */
/** @import {Found} from "./problems.js" */
/** @import {Going} from "./jobs.js" */
/** @import {What} from "./telling.js" */

import {Signal} from "../document/signal.js"
import {DocumentRuns} from "./document.js"
import {shownOf} from "./jobs.js"
import {Previews} from "./previews.js"
import {checked, failure, refusals} from "./problems.js"
import {Queue} from "./queue.js"
import {Telling} from "./telling.js"

/** What the page lends. url, free: object URLs of pictures; now: seconds; soon: calls `act` when
 * listeners are to be told (all that happens until then is told at once); title: of a node.
 * @typedef {{url: (blob: Blob) => string, free: (url: string) => void, now?: () => number,
 *   soon?: (act: () => void) => void, title?: (doc: string, node: string) => string}} Lent */

/** @implements {RunState} */
export class Runs {
  /** @type {RunState["worker"]} */
  worker = {state: "starting", text: ""}
  /** @type {Signal<void>} the queue has changed in a way that must be asked for */
  stale = new Signal()
  /** @type {Map<string, DocumentRuns>} */
  #docs = new Map()
  /** @type {Set<string>} documents that were open on this page and are so no more */
  #closed = new Set()
  /** @type {RunState["worker"]} as the server says, while there is a line */
  #told = {state: "starting", text: ""}
  #queue = new Queue()
  #previews
  #telling
  #now
  #title

  /** @param {Lent} lent */
  constructor({url, free, now = () => Date.now() / 1000, soon = act => act(), title = () => ""}) {
    this.#previews = new Previews({url, free})
    this.#telling = new Telling(soon, () => this.#look())
    this.#now = now
    this.#title = title
  }

  get running() {
    return this.#queue.running
  }

  get waiting() {
    return this.#queue.waiting
  }

  get ended() {
    return this.#queue.ended
  }

  get paused() {
    return this.#queue.paused
  }

  /** @param {(what: What) => void} listener @returns {() => void} */
  on(listener) {
    return this.#telling.on(listener)
  }

  /** @param {string} doc @param {string} node @returns {NodeRun | undefined} */
  node(doc, node) {
    return this.#docs.get(doc)?.nodes.get(node)
  }

  /** What a check finds wrong with a node, or with what is in it.
   * @param {string} doc @param {string} node @returns {NodeError[]} */
  problems(doc, node) {
    return this.#docs.get(doc)?.problems.of(node) ?? []
  }

  /** What a check finds wrong, and what has failed in the last run.
   * @param {string} doc @returns {Found[]} */
  allProblems(doc) {
    return this.#docs.get(doc)?.allProblems() ?? []
  }

  // Documents

  /** A document is on a canvas of this page. @param {string} doc */
  opened(doc) {
    this.#closed.delete(doc)
  }

  /** A document is on no canvas any more: what its nodes show is let go of.
   * @param {string} doc */
  closed(doc) {
    for (const [, {preview}] of this.#docs.get(doc)?.nodes.entries() ?? []) {
      this.#previews.release(preview)
    }
    this.#docs.delete(doc)
    this.#closed.add(doc)
  }

  /** A document has another name now.
   * @param {string} doc @param {string} to */
  renamed(doc, to) {
    const held = this.#docs.get(doc)
    this.closed(to)
    this.#docs.delete(doc)
    this.opened(to)
    if (held) this.#docs.set(to, held)
    this.#queue.renamed(doc, to)
    this.stale.emit()
  }

  /** What the nodes of a document showed at the end of a job.
   * @param {string} doc @param {Json} outputs  by node */
  remember(doc, outputs) {
    const {nodes} = this.#of(doc)
    const fresh = Object.entries(outputs ?? {}).filter(([node]) => !nodes.get(node))
    for (const [node, output] of fresh) nodes.set(node, {...shownOf(output), state: "done"})
    this.#telling.touched(fresh.map(([node]) => node))
  }

  // What is heard

  /** The line to the server stands, or is lost.
   * @param {boolean} up */
  line(up) {
    this.worker = up ? this.#told : {state: "lost", text: ""}
    this.#telling.tell({worker: true})
    if (up) this.stale.emit()
  }

  /** A message of the server; of any other kind it is passed over.
   * @param {string} type @param {Json} data */
  hear(type, data) {
    if (type === "status") return this.stale.emit()
    if (type === "workers") return this.#workers(data)
    if (type === "problems") return this.#checked(data)
    if (type === "queued") return this.#queued(data)
    if (typeof data.prompt_id !== "string" || (type === "executing" && data.node === null)) return
    this.#ofJob(type, this.#queue.of(data), data)
  }

  /** A preview.
   * @param {Object<string, Json>} meta  of the frame, empty if it had none @param {Blob} blob */
  picture(meta, blob) {
    const found = this.#queue.known(String(meta.prompt_id)) ?? this.#queue.last()
    const node = String(meta.node_id ?? found?.now?.node ?? "")
    if (!found || !node || this.#closed.has(found.doc)) return
    const {nodes} = this.#of(found.doc)
    nodes.set(node, {preview: this.#previews.replace(nodes.get(node)?.preview ?? "", blob)})
    this.#telling.touched([node])
  }

  /** A text that a node shows while it runs.
   * @param {string} node @param {string} text */
  text(node, text) {
    const found = this.#queue.last()
    if (!found) return
    this.#of(found.doc).nodes.set(node, {text: [text]})
    this.#telling.touched([node])
  }

  /** All jobs, as `GET /jobs` lists those that have not ended, and the last of those that have.
   * @param {Json} active @param {Json} ended */
  listed(active, ended) {
    const over = this.#queue.listed(active, ended)
    for (const {doc, now} of over) if (now) this.#telling.touched(this.#of(doc).nodes.end(true))
    this.#look()
    this.#telling.tell({queue: true})
  }

  // Messages

  /** @param {Json} data */
  #workers({workers = [], why = ""}) {
    const states = workers.map((/** @type {Json} */ {state}) => state)
    const state = ["ready", "starting"].find(one => states.includes(one)) ?? "down"
    const text = state === "ready" ? "" : String(why)
    this.#told = {state: /** @type {RunState["worker"]["state"]} */ (state), text}
    if (this.worker.state !== "lost") this.worker = this.#told
    this.#telling.tell({worker: true})
  }

  /** @param {Json} data */
  #queued(data) {
    const doc = String(data.doc)
    for (const id of data.prompt_ids ?? []) this.#queue.of({prompt_id: id, doc})
    this.#of(doc).asked(refusals(data))
    this.#telling.tell({problems: true})
    this.stale.emit()
  }

  /** @param {Json} data */
  #checked({doc, items}) {
    this.#of(String(doc)).checked(checked(items))
    this.#telling.tell({problems: true})
  }

  /** @param {string} type @param {Going} job @param {Json} data */
  #ofJob(type, job, data) {
    switch (type) {
      case "execution_start": return this.#started(job)
      case "execution_cached": return this.#planned(job, data)
      case "executing": return this.#entered(job, String(data.node))
      case "progress": return this.#progressed(job, data)
      case "progress_state": return this.#states(job, data.nodes ?? {})
      case "executed": return this.#executed(job, data)
      case "execution_error": return this.#failed(job, data)
      case "execution_success": return this.#ended(job, true)
      case "execution_interrupted": return this.#ended(job, false)
    }
  }

  /** @param {Going} job */
  #started(job) {
    this.#queue.started(job)
    this.#telling.touched(this.#of(job.doc).nodes.begin())
    this.#telling.tell({queue: true})
  }

  /** @param {Going} job @param {Json} data */
  #planned(job, {nodes: known = [], to_run: plan = []}) {
    job.known = new Set(known)
    job.plan = new Set(plan)
    const {nodes} = this.#of(job.doc)
    for (const node of known) nodes.set(node, {state: "kept"})
    for (const node of plan.filter((/** @type {string} */ one) => !job.done.has(one))) {
      this.#previews.release(nodes.get(node)?.preview ?? "")
      nodes.set(node, {state: "waiting", preview: ""})
    }
    this.#telling.touched([...known, ...plan])
  }

  /** @param {Going} job @param {string} node */
  #entered(job, node) {
    if (job.now?.node === node) return
    job.now = {node, value: 0, max: 0, left: null, entered: this.#now()}
    const fresh = {state: /** @type {const} */ ("running"), value: 0, max: 0, left: null, seconds: null}
    this.#of(job.doc).nodes.set(node, fresh)
    this.#telling.touched([node])
  }

  /** @param {Going} job @param {Json} data */
  #progressed(job, {node: id, value = 0, max = 0, seconds_left: left = null}) {
    const node = String(id)
    if (job.now?.node !== node) this.#entered(job, node)
    if (job.now) Object.assign(job.now, {value, max, left})
    this.#of(job.doc).nodes.set(node, {state: "running", value, max, left})
    this.#telling.touched([node])
  }

  /** @param {Going} job @param {Json} states */
  #states(job, states) {
    const {nodes, seconds: known} = this.#of(job.doc)
    /** @type {string[]} */
    const changed = []
    for (const [node, {state, seconds = null}] of Object.entries(states)) {
      if (state !== "finished" || job.done.has(node)) continue
      job.done.add(node)
      changed.push(node)
      if (seconds !== null) known.set(node, seconds)
      nodes.set(node, job.known.has(node) ? {state: "kept"} : {state: "done", left: null, seconds})
    }
    if (changed.length) this.#telling.touched(changed)
  }

  /** @param {Going} job @param {Json} data */
  #executed(job, {node: id, display_node: shown, output}) {
    const node = String(shown ?? id)
    const made = shownOf(output)
    this.#of(job.doc).nodes.set(node, made)
    job.pictures.push(...made.pictures)
    this.#telling.touched([node])
  }

  /** @param {Going} job @param {Json} data */
  #failed(job, data) {
    const node = String(data.node_id ?? "")
    if (node) {
      this.#of(job.doc).nodes.set(node, {state: "failed", left: null, error: failure(data)})
      this.#telling.touched([node])
    }
    this.#telling.tell({problems: true})
    if (data.exception_type !== "ExecutionBlocked") this.#ended(job, false)
  }

  /** @param {Going} job @param {boolean} well */
  #ended(job, well) {
    this.#telling.touched(this.#of(job.doc).nodes.end(well))
    this.#queue.over(job)
    this.#telling.tell({queue: true})
    this.stale.emit()
  }

  /** See how far the running jobs are. */
  #look() {
    const seconds = (/** @type {string} */ doc, /** @type {string} */ node) =>
      this.#docs.get(doc)?.seconds.get(node)
    this.#queue.look(this.#now(), seconds, this.#title)
  }

  /** What is known of a document; of one that was closed nothing is kept.
   * @param {string} doc @returns {DocumentRuns} */
  #of(doc) {
    const known = this.#docs.get(doc)
    if (known) return known
    const made = new DocumentRuns()
    if (!this.#closed.has(doc)) this.#docs.set(doc, made)
    return made
  }
}
