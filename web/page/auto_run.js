// @ts-check
/** Runs the document after a change of ours that can change its picture, if that is switched on. */

/** @import {App, Change, Store} from "../types.js" */

const QUIET = 350  // milliseconds without a further change
const SETTING = "run.onChange"
const MEANS = new Set(["inputs", "state", "class_type"])

/** Whether a change can change a picture: places, titles, groups and notes can't.
 * @param {Change} change @returns {boolean} */
export function matters({paths, whole}) {
  if (whole) return true
  return paths.some(path => {
    const inner = path[0] === "subgraphs" ? path.slice(2) : path
    if (inner[0] !== "nodes") return inner.length < 2 && path[0] === "subgraphs"
    return inner.length === 2 || MEANS.has(inner[2])
  })
}

/** For as long as the document is open here: its store holds the listener.
 * @param {App} app @param {Store} store */
export function autoRunning(app, store) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const run = () => {
    const busy = app.run.running.length + app.run.waiting.length > 0
    if (busy) timer = setTimeout(run, QUIET)
    else if (app.store === store) app.queue({count: 1})
  }
  store.on(change => {
    if (!change.mine || !app.settings.get(SETTING) || !matters(change)) return
    clearTimeout(timer)
    timer = setTimeout(run, QUIET)
  })
}
