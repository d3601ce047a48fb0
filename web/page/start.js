// @ts-check
/** What the page opens with: what it must know, and what is on its canvas. */

/** @import {App, Box, Camera} from "../types.js" */
/** @import {PageTabs} from "./tabs.js" */

const FIRST = "text-to-image"  // the workflow of the first minute
const NARROW = 700  // pixels
const READABLE = 0.6  // the least zoom at which widgets can be read and tapped
const EDGE = 20  // pixels
const AGAIN = 1000  // milliseconds until the server is asked once more

/** What the page can't be without: the server is asked until it has answered.
 * @template T @param {Promise<T>} asked  already @param {() => Promise<T>} ask
 * @param {() => void} failed  is told each time @returns {Promise<T>} */
export async function insisting(asked, ask, failed) {
  for (let answer = asked; ; answer = ask()) {
    try {
      return await answer
    } catch {
      failed()
      await new Promise(done => setTimeout(done, AGAIN))
    }
  }
}

/** The document that the address names, those of last time, or the first workflow.
 * @param {App} app @param {PageTabs} tabs @param {string} hash  of the address, with its # */
export async function started(app, tabs, hash) {
  const named = nameIn(hash)
  const restored = await tabs.restore()
  if (named) await tabs.open(named).catch(error => told(app, error))
  if (restored || tabs.shown) return
  await tabs.open(FIRST, {template: FIRST}).catch(() => tabs.open(app.t("page.first")))
}

/** @param {string} hash @returns {string} "" for none */
export function nameIn(hash) {
  try {
    return decodeURIComponent(hash.replace(/^#/, ""))
  } catch {
    return ""  // half an escape: no name of ours
  }
}

/** @param {App} app @param {unknown} error */
function told(app, error) {
  app.ui.toast(error instanceof Error ? error.message : String(error), "bad")
}

/** The camera for a graph that is seen for the first time: on a phone all of it would be too small to
 * read, so its beginning is shown.
 * @param {Camera} fitted  that shows all @param {{w: number}} screen @param {Box | null} whole
 * @returns {Camera} */
export function firstCamera(fitted, screen, whole) {
  if (!whole || screen.w >= NARROW || fitted.zoom >= READABLE) return fitted
  return {x: whole.x - EDGE / READABLE, y: whole.y - EDGE / READABLE, zoom: READABLE}
}
