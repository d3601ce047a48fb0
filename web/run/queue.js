// @ts-check
/** The jobs of the queue, and what is heard of those that run beside what is listed. Pure. */

/** @import {Job, Json} from "../types.js" */
/** @import {Going} from "./jobs.js" */

import {going, listed, outlook} from "./jobs.js"

const ENDED = 200  // ended jobs that are remembered

export class Queue {
  /** @type {Job[]} */
  running = []
  /** @type {Job[]} */
  waiting = []
  /** @type {Job[]} */
  ended = []
  paused = false
  /** @type {Map<string, Going>} by job */
  #going = new Map()
  /** @type {Set<string>} those that the last list did not have: asked for before they were there? */
  #missed = new Set()

  /** @param {string} id @returns {Going | undefined} */
  known(id) {
    return this.#going.get(id)
  }

  /** The job that a message is about. @param {Json} data @returns {Going} */
  of(data) {
    const id = String(data.prompt_id)
    const known = this.#going.get(id)
    if (known) {
      if (data.doc && !known.doc) known.doc = String(data.doc)
      return known
    }
    const made = going(id, String(data.doc ?? ""))
    this.#going.set(id, made)
    return made
  }

  /** The job that has said something last of those that run. @returns {Going | undefined} */
  last() {
    return [...this.#going.values()].filter(({now}) => now).at(-1)
  }

  /** @param {Going} job */
  started(job) {
    if (job.plan.size || job.done.size) Object.assign(job, going(job.id, job.doc))
    const begun = this.waiting.filter(({id}) => id === job.id)
    this.waiting = this.waiting.filter(({id}) => id !== job.id)
    for (const one of begun) this.running = [...this.running, {...one, state: "running"}]
  }

  /** @param {Going} job */
  over(job) {
    this.#going.delete(job.id)
    this.#missed.delete(job.id)
    this.running = this.running.filter(({id}) => id !== job.id)
  }

  /** All jobs, as `GET /jobs` lists those that have not ended, and the last of those that have.
   * @param {Json} active @param {Json} ended
   * @returns {Going[]} those that are over although nobody said so */
  listed(active, ended) {
    /** @type {Job[]} */
    const jobs = active.jobs.map(listed)
    this.paused = active.paused === true
    this.waiting = jobs.filter(({state}) => state === "waiting").sort((a, b) => a.number - b.number)
    this.running = jobs.filter(({state}) => state === "running")
    this.ended = ended.jobs.map(listed).slice(0, ENDED)
    return this.#forgotten(new Set(jobs.map(({id}) => id)))
  }

  /** @param {Set<string>} active @returns {Going[]} */
  #forgotten(active) {
    const ended = new Set(this.ended.map(({id}) => id))
    const gone = [...this.#going.values()].filter(({id}) => !active.has(id))
    const over = gone.filter(({id}) => ended.has(id) || this.#missed.has(id))
    for (const job of over) this.#going.delete(job.id)
    this.#missed = new Set(gone.map(({id}) => id).filter(id => this.#going.has(id)))
    return over
  }

  /** See how far the running jobs are.
   * @param {number} time  seconds of the page's clock
   * @param {(doc: string, node: string) => number | undefined} seconds  of a node's last run
   * @param {(doc: string, node: string) => string} title  of a node */
  look(time, seconds, title) {
    this.running = this.running.map(job => {
      const known = this.#going.get(job.id)
      if (!known) return job
      const outcome = outlook(known, node => seconds(known.doc, node), time)
      const at = known.now?.node ?? ""
      const pictures = known.pictures.length ? known.pictures : job.pictures
      return {...job, ...outcome, at, step: stepOf(known, title), pictures}
    })
  }

  /** @param {string} doc @param {string} to */
  renamed(doc, to) {
    for (const job of this.#going.values()) if (job.doc === doc) job.doc = to
  }
}

/** @param {Going} job @param {(doc: string, node: string) => string} title @returns {string} */
function stepOf({doc, now}, title) {
  if (!now) return ""
  const count = now.max > 1 ? `${now.value} / ${now.max}` : ""
  return [title(doc, now.node), count].filter(Boolean).join("  ")
}
