// @ts-check
/** Jobs: which run, which wait, which have ended; how far those are that run. Pure. */

/** @import {Job, Json, Picture} from "../types.js" */

const STATES = /** @type {const} */ ({
  pending: "waiting", in_progress: "running", completed: "done", failed: "failed",
  cancelled: "cancelled",
})
const USUAL = 0.5  // seconds for a node of which nothing is known

/** What is known of a job that runs, beside what is listed. plan: nodes that are to run; done:
 * those that have; now: the one that runs, how far it is, and since when, in the page's seconds.
 * @typedef {{id: string, doc: string, plan: Set<string>, known: Set<string>, done: Set<string>,
 *   now: {node: string, value: number, max: number, left: number | null, entered: number} | null,
 *   pictures: Picture[]}} Going */

/** @param {string} id @param {string} doc @returns {Going} */
export function going(id, doc) {
  return {id, doc, plan: new Set(), known: new Set(), done: new Set(), now: null, pictures: []}
}

/** A job as `GET /jobs` lists it.
 * @param {Json} said @returns {Job} */
export function listed(said) {
  const id = String(said.id)
  const doc = String(said.doc ?? "")
  const [start, end] = [said.execution_start_time, said.execution_end_time]
  return {
    id,
    number: Number(said.priority ?? 0),
    doc,
    name: doc || id.slice(0, 8),
    state: STATES[/** @type {"pending"} */ (said.status)] ?? "done",
    done: said.status === "completed" ? 1 : 0,
    left: null,
    at: "",
    step: "",
    pictures: picturesOf(said.pictures),
    error: String(said.execution_error?.exception_message ?? "").trim(),
    created: Number(said.create_time ?? 0) / 1000,
    seconds: start && end ? (end - start) / 1000 : null,
  }
}

/** @param {Json} images @returns {Picture[]} */
export function picturesOf(images) {
  const found = Array.isArray(images) ? images.filter(one => typeof one?.filename === "string") : []
  return found.map(({filename, subfolder = "", type = "output"}) => ({filename, subfolder, type}))
}

/** What a node shows. @param {Json} output @returns {{pictures: Picture[], text: string[]}} */
export function shownOf(output) {
  const pictures = [...picturesOf(output?.images), ...picturesOf(output?.gifs)]
  const text = Array.isArray(output?.text) ? output.text.map(String) : []
  return {pictures, text}
}

/** How far a job is, 0 to 1, and the seconds that are left; null while that can't be guessed.
 * @param {Going} job @param {(node: string) => number | undefined} seconds  of a node's last run
 * @param {number} time  seconds of the page's clock
 * @returns {{done: number, left: number | null}} */
export function outlook({plan, done, now}, seconds, time) {
  if (!plan.size) return {done: 0, left: null}
  let [spent, whole, sure] = [0, 0, true]
  for (const node of plan) {
    const running = now?.node === node && !done.has(node)
    const usual = seconds(node)
    sure &&= running ? usual !== undefined || now.left !== null : true
    const weight = running ? needed(now, usual, time) : usual ?? USUAL
    whole += weight
    if (done.has(node)) spent += weight
    else if (running) spent += Math.min(time - now.entered, weight)
  }
  const left = sure ? Math.max(whole - spent, 0) : null
  return {done: whole ? Math.min(spent / whole, 1) : 1, left}
}

/** The seconds that the node takes which runs.
 * @param {NonNullable<Going["now"]>} now @param {number | undefined} usual @param {number} time
 * @returns {number} */
function needed({left, entered, value, max}, usual, time) {
  const passed = time - entered
  if (left !== null) return passed + left
  if (max > 1 && value > 0) return passed * max / value
  return Math.max(usual ?? USUAL, passed)
}
