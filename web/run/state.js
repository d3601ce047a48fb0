// @ts-check
/** What runs, and what nodes have to show for it: the server's messages in, one state out.
 *
 * Knows no socket and no DOM; object URLs are made by what is handed in. */

/** @import {Job, Json, NodeError, NodeRun, RunState} from "../types.js" */
/** @import {Found} from "./problems.js" */
/** @import {Going} from "./jobs.js" */

import {Signal} from "../document/signal.js"
import {going, listed, outlook, shownOf} from "./jobs.js"
import {NodeRuns} from "./nodes.js"
import {Problems, checked, failure, refusals} from "./problems.js"

const ENDED = 200  // ended jobs that are remembered

/** @typedef {{nodes: Set<string>, queue: boolean, problems: boolean, worker: boolean}} What */
/** What the page lends. url, free: object URLs of pictures; now: seconds; soon: calls `act` when
 * listeners are to be told (all that happens until then is told at once); title: of a node.
 * @typedef {{url: (blob: Blob) => string, free: (url: string) => void, now?: () => number,
 *   soon?: (act: () => void) => void, title?: (doc: string, node: string) => string}} Lent */

/** @implements {RunState} */
export class Runs {
  /** @type {Job[]} */
  running = []
  /** @type {Job[]} */
  waiting = []
  /** @type {Job[]} */
  ended = []
  paused = false
  /** @type {RunState["worker"]} */
  worker = {state: "starting", text: ""}
  /** @type {Signal<void>} the queue has changed in a way that must be asked for */
  stale = new Signal()
  /** @type {Map<string, NodeRuns>} by document */
  #docs = new Map()
  /** @type {Map<string, Going>} by job */
  #jobs = new Map()
  /** @type {Map<string, Found[]>} what the last check found, by document */
  #checks = new Map()
  /** @type {Map<string, Problems>} what is shown: that, or why the last run did not begin */
  #problems = new Map()
  /** @type {Map<string, number>} seconds of nodes' last runs, by "DOC\nNODE" */
  #seconds = new Map()
  /** @type {Map<string, string>} the preview before the one that is shown, by its successor */
  #older = new Map()
  /** @type {RunState["worker"]} as the server says, while there is a line */
  #told = {state: "starting", text: ""}
  /** @type {Signal<What>} */
  #changes = new Signal()
  /** @type {What | null} what is to be told soon */
  #due = null
  #lent

  /** @param {Lent} lent */
  constructor(lent) {
    this.#lent = {
      now: () => Date.now() / 1000,
      soon: (/** @type {() => void} */ act) => act(),
      title: () => "",
      ...lent,
    }
  }

  /** @param {(what: What) => void} listener @returns {() => void} */
  on(listener) {
    return this.#changes.on(listener)
  }

  /** @param {string} doc @param {string} node @returns {NodeRun | undefined} */
  node(doc, node) {
    return this.#docs.get(doc)?.get(node)
  }

  /** What a check finds wrong with a node, or with what is in it.
   * @param {string} doc @param {string} node @returns {NodeError[]} */
  problems(doc, node) {
    return this.#problems.get(doc)?.of(node) ?? []
  }

  /** What a check finds wrong, and what has failed in the last run.
   * @param {string} doc @returns {Found[]} */
  allProblems(doc) {
    const runs = [...this.#docs.get(doc)?.entries() ?? []]
    const failed = runs.flatMap(([node, {error}]) => error ? [{node, problem: error}] : [])
    return [...this.#problems.get(doc)?.found ?? [], ...failed]
  }

  // What is heard

  /** The line to the server stands, or is lost.
   * @param {boolean} up */
  line(up) {
    this.worker = up ? this.#told : {state: "lost", text: ""}
    this.#tell({worker: true})
    if (up) this.stale.emit()
  }

  /** A message of the server; of any other kind it is passed over.
   * @param {string} type @param {Json} data */
  hear(type, data) {
    if (type === "status") return this.stale.emit()
    if (type === "workers") return this.#workers(data)
    if (type === "problems") return this.#checked(String(data.doc), checked(data.items))
    if (type === "queued") return this.#queued(data)
    if (typeof data.prompt_id !== "string" || (type === "executing" && data.node === null)) return
    this.#ofJob(type, this.#job(data), data)
  }

  /** A preview.
   * @param {Object<string, Json>} meta  of the frame, empty if it had none @param {Blob} blob */
  picture(meta, blob) {
    const found = this.#jobs.get(String(meta.prompt_id)) ?? this.#last()
    const node = String(meta.node_id ?? found?.now?.node ?? "")
    if (!found || !node) return
    const runs = this.#of(found.doc)
    const before = runs.get(node)?.preview
    const preview = this.#lent.url(blob)
    if (before) this.#replace(before, preview)
    runs.set(node, {preview})
    this.#touched([node])
  }

  /** A text that a node shows while it runs.
   * @param {string} node @param {string} text */
  text(node, text) {
    const found = this.#last()
    if (!found) return
    this.#of(found.doc).set(node, {text: [text]})
    this.#touched([node])
  }

  /** All jobs, as `GET /jobs` lists those that have not ended, and the last of those that have.
   * @param {Json} active @param {Json} ended */
  listed(active, ended) {
    const jobs = active.jobs.map(listed)
    this.paused = active.paused === true
    const inOrder = (/** @type {Job} */ a, /** @type {Job} */ b) => a.number - b.number
    this.waiting = jobs.filter((/** @type {Job} */ job) => job.state === "waiting").sort(inOrder)
    this.running = jobs.filter((/** @type {Job} */ job) => job.state === "running")
    this.ended = ended.jobs.map(listed).slice(0, ENDED)
    this.#forget(new Set(jobs.map((/** @type {Job} */ {id}) => id)))
    this.#look()
    this.#tell({queue: true})
  }

  /** What the nodes of a document showed at the end of a job.
   * @param {string} doc @param {Json} outputs  by node */
  remember(doc, outputs) {
    const runs = this.#of(doc)
    const fresh = Object.entries(outputs ?? {}).filter(([node]) => !runs.get(node))
    for (const [node, output] of fresh) runs.set(node, {...shownOf(output), state: "done"})
    this.#touched(fresh.map(([node]) => node))
  }

  /** A document has another name now.
   * @param {string} doc @param {string} to */
  renamed(doc, to) {
    for (const map of [this.#docs, this.#checks, this.#problems]) {
      const held = map.get(doc)
      if (held) /** @type {Map<string, unknown>} */ (map).set(to, held)
      map.delete(doc)
    }
    for (const job of this.#jobs.values()) if (job.doc === doc) job.doc = to
    this.stale.emit()
  }

  // Messages

  /** @param {Json} data */
  #workers({workers = [], why = ""}) {
    const states = workers.map((/** @type {Json} */ {state}) => state)
    const state = ["ready", "starting"].find(one => states.includes(one)) ?? "down"
    const text = state === "ready" ? "" : String(why)
    this.#told = {state: /** @type {RunState["worker"]["state"]} */ (state), text}
    if (this.worker.state !== "lost") this.worker = this.#told
    this.#tell({worker: true})
  }

  /** @param {Json} data */
  #queued(data) {
    const doc = String(data.doc)
    for (const id of data.prompt_ids ?? []) this.#job({prompt_id: id, doc})
    const known = this.#checks.get(doc) ?? []
    this.#wrong(doc, known.length ? known : refusals(data))
    this.stale.emit()
  }

  /** @param {string} doc @param {Found[]} found */
  #checked(doc, found) {
    this.#checks.set(doc, found)
    this.#wrong(doc, found)
  }

  /** @param {string} doc @param {Found[]} found */
  #wrong(doc, found) {
    this.#problems.set(doc, new Problems(found))
    this.#tell({problems: true})
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
    if (job.plan.size || job.done.size) Object.assign(job, going(job.id, job.doc))
    this.#touched(this.#of(job.doc).begin())
    const begun = this.waiting.filter(({id}) => id === job.id)
    this.waiting = this.waiting.filter(({id}) => id !== job.id)
    for (const one of begun) this.running = [...this.running, {...one, state: "running"}]
    this.#tell({queue: true})
  }

  /** @param {Going} job @param {Json} data */
  #planned(job, {nodes = [], to_run: plan = []}) {
    job.known = new Set(nodes)
    job.plan = new Set(plan)
    const runs = this.#of(job.doc)
    for (const node of nodes) runs.set(node, {state: "kept"})
    for (const node of plan.filter((/** @type {string} */ one) => !job.done.has(one))) {
      this.#release(runs.get(node)?.preview ?? "")
      runs.set(node, {state: "waiting", preview: ""})
    }
    this.#touched([...nodes, ...plan])
  }

  /** @param {Going} job @param {string} node */
  #entered(job, node) {
    if (job.now?.node === node) return
    job.now = {node, value: 0, max: 0, left: null, entered: this.#lent.now()}
    this.#of(job.doc).set(node, {state: "running", value: 0, max: 0, left: null, seconds: null})
    this.#touched([node])
  }

  /** @param {Going} job @param {Json} data */
  #progressed(job, {node: id, value = 0, max = 0, seconds_left: left = null}) {
    const node = String(id)
    if (job.now?.node !== node) this.#entered(job, node)
    if (job.now) Object.assign(job.now, {value, max, left})
    this.#of(job.doc).set(node, {state: "running", value, max, left})
    this.#touched([node])
  }

  /** @param {Going} job @param {Json} nodes */
  #states(job, nodes) {
    const runs = this.#of(job.doc)
    /** @type {string[]} */
    const changed = []
    for (const [node, {state, seconds = null}] of Object.entries(nodes)) {
      if (state !== "finished" || job.done.has(node)) continue
      job.done.add(node)
      changed.push(node)
      if (seconds !== null) this.#seconds.set(`${job.doc}\n${node}`, seconds)
      runs.set(node, job.known.has(node) ? {state: "kept"} : {state: "done", left: null, seconds})
    }
    if (changed.length) this.#touched(changed)
  }

  /** @param {Going} job @param {Json} data */
  #executed(job, {node: id, display_node: shown, output}) {
    const node = String(shown ?? id)
    const made = shownOf(output)
    this.#of(job.doc).set(node, made)
    job.pictures.push(...made.pictures)
    this.#touched([node])
  }

  /** @param {Going} job @param {Json} data */
  #failed(job, data) {
    const node = String(data.node_id ?? "")
    if (node) {
      this.#of(job.doc).set(node, {state: "failed", left: null, error: failure(data)})
      this.#touched([node])
    }
    this.#tell({problems: true})
    if (data.exception_type !== "ExecutionBlocked") this.#ended(job, false)
  }

  /** @param {Going} job @param {boolean} well */
  #ended(job, well) {
    this.#touched(this.#of(job.doc).end(well))
    this.#jobs.delete(job.id)
    this.running = this.running.filter(({id}) => id !== job.id)
    this.#tell({queue: true})
    this.stale.emit()
  }

  // Jobs

  /** @param {Json} data @returns {Going} */
  #job(data) {
    const id = String(data.prompt_id)
    const known = this.#jobs.get(id)
    if (known) {
      if (data.doc && !known.doc) known.doc = String(data.doc)
      return known
    }
    const made = going(id, String(data.doc ?? ""))
    this.#jobs.set(id, made)
    return made
  }

  /** The job that has said something last of those that run. @returns {Going | undefined} */
  #last() {
    return [...this.#jobs.values()].filter(({now}) => now).at(-1)
  }

  /** Forget jobs that are over although nobody said so. @param {Set<string>} active */
  #forget(active) {
    for (const job of [...this.#jobs.values()]) {
      if (active.has(job.id) || !job.now) continue
      if (!this.ended.some(({id}) => id === job.id)) continue
      this.#touched(this.#of(job.doc).end(true))
      this.#jobs.delete(job.id)
    }
  }

  /** See how far the running jobs are. */
  #look() {
    const time = this.#lent.now()
    this.running = this.running.map(job => {
      const known = this.#jobs.get(job.id)
      if (!known) return job
      const seconds = (/** @type {string} */ node) => this.#seconds.get(`${known.doc}\n${node}`)
      const at = known.now?.node ?? ""
      const pictures = known.pictures.length ? known.pictures : job.pictures
      return {...job, ...outlook(known, seconds, time), at, step: this.#step(known), pictures}
    })
  }

  /** @param {Going} job @returns {string} */
  #step({doc, now}) {
    if (!now) return ""
    const count = now.max > 1 ? `${now.value} / ${now.max}` : ""
    return [this.#lent.title(doc, now.node), count].filter(Boolean).join("  ")
  }

  // Telling

  /** @param {string} doc @returns {NodeRuns} */
  #of(doc) {
    const known = this.#docs.get(doc)
    if (known) return known
    const made = new NodeRuns()
    this.#docs.set(doc, made)
    return made
  }

  /** @param {string} preview */
  #release(preview) {
    for (let url = preview; url; url = this.#older.get(url) ?? "") this.#lent.free(url)
    this.#older.delete(preview)
  }

  /** The one before the last is let go of: the last may still be on its way to the canvas.
   * @param {string} before @param {string} preview */
  #replace(before, preview) {
    const oldest = this.#older.get(before)
    if (oldest) this.#lent.free(oldest)
    this.#older.delete(before)
    this.#older.set(preview, before)
  }

  /** @param {Iterable<string>} nodes */
  #touched(nodes) {
    this.#tell({nodes: new Set(nodes)})
  }

  /** @param {Partial<What>} what */
  #tell({nodes = new Set(), queue = false, problems = false, worker = false}) {
    if (this.#due) {
      for (const node of nodes) this.#due.nodes.add(node)
      this.#due.queue ||= queue
      this.#due.problems ||= problems
      this.#due.worker ||= worker
      return
    }
    this.#due = {nodes: new Set(nodes), queue, problems, worker}
    this.#lent.soon(() => {
      const due = this.#due
      this.#due = null
      if (!due) return
      this.#look()
      this.#changes.emit(due)
    })
  }
}
