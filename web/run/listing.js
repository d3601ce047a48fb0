// @ts-check
/** Keeps the list of jobs fresh: asks for it when something has changed, and not too often. */

/** @import {Json} from "../types.js" */
/** @import {Runs} from "./state.js" */

const ENDED = 100  // ended jobs that are asked for
const LEAST = 150  // milliseconds between two questions; longer where answers take long
const ACTIVE = "/jobs?status=in_progress,pending&sort_order=asc&limit=1000"

export class Listing {
  #runs
  #get
  #busy = false
  #again = false
  /** @type {Set<string>} documents that wait for what they showed last */
  #wanted = new Set()

  /** @param {Runs} runs @param {(path: string) => Promise<Json>} get */
  constructor(runs, get) {
    this.#runs = runs
    this.#get = get
    runs.stale.on(() => this.refresh())
  }

  /** Ask soon. */
  async refresh() {
    this.#again = true
    if (this.#busy) return
    this.#busy = true
    while (this.#again) {
      this.#again = false
      const began = Date.now()
      await this.#ask()
      const took = Date.now() - began
      await new Promise(done => setTimeout(done, Math.max(LEAST, 4 * took)))
    }
    this.#busy = false
  }

  /** Have a document's nodes show what its last job left.
   * @param {string} doc */
  recall(doc) {
    this.#wanted.add(doc)
    this.refresh()
  }

  async #ask() {
    try {
      const [active, ended] = await Promise.all([
        this.#get(ACTIVE), this.#get(`/jobs?status=completed,failed,cancelled&limit=${ENDED}`),
      ])
      this.#runs.listed(active, ended)
      await Promise.all([...this.#wanted].map(doc => this.#show(doc)))
    } catch {
      return  // the server is away; it is asked again when the line is back
    }
  }

  /** What can't be had now is asked for again. @param {string} doc */
  async #show(doc) {
    const last = this.#runs.ended.find(job => job.doc === doc && job.state === "done")
    const job = last && await this.#get(`/jobs/${encodeURIComponent(last.id)}`)
    this.#wanted.delete(doc)
    if (job) this.#runs.remember(doc, job.outputs)
  }
}
