// @ts-check
/** What each node of one document does in its last run, and what it has left to show. Pure.
 *
 * Ids are those under which nodes run, "outer:inner"; an instance sums up what is in it. */

/** @import {NodeRun, Picture} from "../types.js" */

/** @type {Readonly<NodeRun>} */
const NOTHING = Object.freeze({
  state: "waiting", value: 0, max: 0, left: null, seconds: null, preview: "",
  pictures: [], text: [], error: null,
})
/** Which state an instance shows, of those in it: the first that is there. */
const FIRST = /** @type {const} */ (["failed", "running", "waiting", "done", "kept"])

export class NodeRuns {
  /** @type {Map<string, NodeRun>} */
  #runs = new Map()
  /** @type {Map<string, Set<string>>} ids of what is in an instance */
  #inside = new Map()

  /** @param {string} id @returns {NodeRun | undefined} */
  get(id) {
    const own = this.#runs.get(id)
    const inside = this.#inside.get(id)
    return own ?? (inside && summed([...inside].flatMap(inner => this.#runs.get(inner) ?? [])))
  }

  /** @returns {IterableIterator<[string, NodeRun]>} */
  entries() {
    return this.#runs.entries()
  }

  /** @param {string} id @param {Partial<NodeRun>} part */
  set(id, part) {
    if (!this.#runs.has(id)) for (const outer of outerOf(id)) this.#put(outer, id)
    this.#runs.set(id, {...this.#runs.get(id) ?? NOTHING, ...part})
  }

  /** @param {string} id */
  delete(id) {
    this.#runs.delete(id)
    for (const outer of outerOf(id)) this.#inside.get(outer)?.delete(id)
  }

  /** A run begins: nodes keep what they show, and forget how the last run went.
   * @returns {string[]} the nodes that changed */
  begin() {
    const ids = [...this.#runs.keys()]
    for (const [id, {pictures, text, preview}] of [...this.#runs]) {
      if (!pictures.length && !text.length && !preview) this.delete(id)
      else this.set(id, {...NOTHING, state: "done", pictures, text, preview})
    }
    return ids
  }

  /** A run has ended: what waits or runs does so no more.
   * @param {boolean} well @returns {string[]} the nodes that changed */
  end(well) {
    const open = [...this.#runs].filter(([, {state}]) => state === "waiting" || state === "running")
    for (const [id, run] of open) {
      const shows = run.pictures.length || run.text.length || run.preview
      if (well || shows) this.set(id, {state: "done", left: null})
      else this.delete(id)
    }
    return open.map(([id]) => id)
  }

  /** @param {string} outer @param {string} id */
  #put(outer, id) {
    const inside = this.#inside.get(outer)
    if (inside) inside.add(id)
    else this.#inside.set(outer, new Set([id]))
  }
}

/** The instances that a node is in, innermost last.
 * @param {string} id @returns {string[]} */
export function outerOf(id) {
  const parts = id.split(":")
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join(":"))
}

/** @param {NodeRun[]} runs @returns {NodeRun | undefined} */
function summed(runs) {
  const [first] = runs
  if (!first) return undefined
  const state = FIRST.find(one => runs.some(run => run.state === one)) ?? first.state
  const shown = runs.find(run => run.state === state) ?? first
  const timed = runs.filter(({seconds}) => seconds !== null)
  /** @type {Picture[]} */
  const pictures = runs.flatMap(run => run.pictures)
  return {
    ...shown,
    state,
    preview: shown.preview || runs.findLast(({preview}) => preview)?.preview || "",
    pictures,
    text: runs.flatMap(({text}) => text),
    seconds: timed.length ? timed.reduce((sum, run) => sum + (run.seconds ?? 0), 0) : null,
    error: runs.find(({error}) => error)?.error ?? null,
  }
}
