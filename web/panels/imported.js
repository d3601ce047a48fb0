// @ts-check
/** What a workflow that was imported lacks on this machine, and where it would belong. */

/** @import {App, Json} from "../types.js" */
/** @import {Missing} from "./missing.js" */

import {icon} from "../icons/icons.js"
import {wordButton} from "./buttons.js"
import {openDialog} from "./dialogs.js"
import {h} from "./dom.js"
import {missingIn} from "./missing.js"

/** @param {App} app @param {HTMLElement} host @param {string} name
 * @param {Json} said  what POST /convert answered */
export function showImported(app, host, name, said) {
  const {t} = app
  const {types, models} = missingIn(said.workflow, app.specs)
  /** @type {string[]} */
  const notes = (said.notes ?? []).map(String)
  if (!types.length && !models.length) {
    app.ui.toast(t("imported.whole", {name}), "good")
    return
  }
  const done = wordButton(t("dialog.close"), () => dialog.close(), {class: "primary"})
  const dialog = openDialog(host, {title: t("imported.title", {name}), close: t("dialog.close")},
    h("div", {class: "dialog-body scrolls"},
      part(app, t("imported.types"), t("imported.types.more"), types),
      part(app, t("imported.models"), t("imported.models.more"), models),
      notes.length ? remarks(t("imported.notes", {n: notes.length}), notes) : null),
    h("div", {class: "dialog-foot"}, done))
  done.focus()
}

/** @param {string} title @param {string[]} notes @returns {HTMLElement} */
function remarks(title, notes) {
  return h("details", {class: "folder"},
    h("summary", {class: "folder-head"}, icon("right", 13), title),
    h("ul", {class: "folder-body muted"}, notes.map(note => h("li", {class: "note"}, note))))
}

/** @param {App} app @param {string} title @param {string} text @param {Missing[]} all */
function part({t}, title, text, all) {
  if (!all.length) return null
  return h("section", null, h("h3", {class: "section-head"}, title),
    h("p", {class: "muted"}, text),
    h("ul", {class: "lacks"}, all.map(({name, folder, nodes}) => h("li", {class: "lack"},
      h("span", {class: "cut", title: name}, name),
      h("span", {class: "chip"}, folder === "custom_nodes" ? folder : `models/${folder}`),
      h("span", {class: "faint"}, t("missing.nodes", {n: nodes}))))))
}
