// @ts-check
/** Commands on documents as files. */
/** @import {App, Command} from "../types.js" */

/** How documents are made, copied, named and exported: the functions of panels/documents.js.
 * @typedef {{begin: (app: App) => Promise<void>, saveAs: (app: App) => Promise<void>,
 *   renameHere: (app: App, name: string, to: string) => Promise<boolean>,
 *   saveNow: (app: App, name: string) => Promise<boolean>,
 *   exportAs: (app: App, name: string, form: "easel" | "api" | "ui") => Promise<void>
 * }} Documents */

/** @param {Documents} documents @returns {Command[]} */
export function fileCommands(documents) {
  const {begin, exportAs, saveAs} = documents
  const group = "files"
  const here = (/** @type {App} */ app) => app.tabs.active.name
  return [
    {id: "files.new", group, run: app => { begin(app) }},
    {id: "files.open", group, keys: ["Ctrl+O"], typing: true,
      run: app => app.ui.panel("workflows", true)},
    {id: "files.save", group, keys: ["Ctrl+S"], typing: true, run: app => { save(app, documents) }},
    {id: "files.saveAs", group, keys: ["Ctrl+Shift+S"], typing: true, run: app => { saveAs(app) }},
    {id: "files.rename", group, run: app => { rename(app, documents) }},
    {id: "files.close", group, when: app => app.tabs.tabs.length > 1,
      run: app => app.tabs.close(here(app))},
    {id: "files.next", group, keys: ["Alt+PageDown"], when: app => app.tabs.tabs.length > 1,
      run: app => step(app, 1)},
    {id: "files.previous", group, keys: ["Alt+PageUp"], when: app => app.tabs.tabs.length > 1,
      run: app => step(app, -1)},
    {id: "files.easel", group, run: app => { exportAs(app, here(app), "easel") }},
    {id: "files.api", group, run: app => { exportAs(app, here(app), "api") }},
    {id: "files.ui", group, run: app => { exportAs(app, here(app), "ui") }},
  ]
}

/** Everything is saved as it is edited, soon: this has it done now, also for what was only opened.
 * One that has no name yet gets one.
 * @param {App} app @param {Documents} documents */
async function save(app, documents) {
  const {name, unsaved} = app.tabs.active
  if (name.startsWith(app.t("app.untitled"))) return rename(app, documents)
  if (unsaved) app.ui.toast(app.t("files.saving", {name}), "plain")
  else if (await documents.saveNow(app, name)) app.ui.toast(app.t("files.saved", {name}), "plain")
}

/** @param {App} app @param {Documents} documents */
async function rename(app, documents) {
  const {name} = app.tabs.active
  const to = (await app.ui.ask(app.t("command.files.rename"), name))?.trim()
  if (to && to !== name) await documents.renameHere(app, name, to)
}

/** @param {App} app @param {number} by */
function step(app, by) {
  const {tabs, active} = app.tabs
  const at = tabs.indexOf(active) + by + tabs.length
  app.tabs.show(tabs[at % tabs.length].name)
}
