// @ts-check
/** What a person has to hear of: edits and runs that came to nothing, a browser that can't do it. */

/** @import {App, Json, Translate} from "../types.js" */
/** @import {News} from "../document/store.js" */

import {keepsNumbers} from "../net/json.js"

/** An edit was not taken, or an undo left what others have changed.
 * @param {App} app @param {News} news */
export function told({ui, t}, news) {
  if (news.kind === "refused") ui.toast(t("page.refused", {message: news.message}), "bad")
  else ui.toast(t("page.skipped", {n: news.paths.length}))
}

/** A run was refused; its problems stand in their panel and at the nodes.
 * @param {App} app @param {Json} data  of `queued` */
export function toldOfRun({ui, t}, data) {
  if (!data.error && !Object.keys(data.node_errors ?? {}).length) return
  const text = String(data.error?.message || t("page.notRun"))
  ui.toast(text, "bad", {title: t("panel.problems"), run: () => ui.panel("problems", true)})
}

/** Say so on the page if this browser would round large seeds, and so change pictures.
 * @param {HTMLElement} host @param {Translate} t @returns {boolean} */
export function tooOld(host, t) {
  if (keepsNumbers()) return false
  alone(host, t("page.tooOld"))
  return true
}

/** A sentence that stands where the page would be. @param {HTMLElement} host @param {string} text */
export function alone(host, text) {
  const said = document.createElement("p")
  said.className = "alone"
  said.setAttribute("role", "status")
  said.textContent = text
  host.replaceChildren(said)
}
