// @ts-check
/** What is done with documents by name: on the server, and in the tabs of this page. */

/** @import {App, Graph, Json} from "../types.js" */

import {stringify} from "../net/json.js"
import {freeName} from "../document/names.js"
import {parted, whyNoName} from "./tree.js"

/** A document of the server. time: milliseconds; thumbnail: an address, or null.
 * @typedef {{name: string, time: number, size: number, thumbnail: string | null}} Listed */

/** @param {App} app @returns {Promise<Listed[]>} the latest first */
export async function listed(app) {
  /** @type {Listed[]} */
  const found = await app.api.get("/documents")
  return found.sort((a, b) => b.time - a.time)
}

/** @param {string} name @returns {string} */
export function addressOf(name) {
  return `/documents/${encodeURIComponent(name)}`
}

/** A name like this one that no document has, on the server or in a tab.
 * @param {Pick<App, "api" | "tabs">} app @param {string} name @returns {Promise<string>} */
export async function freeLike({api, tabs}, name) {
  const said = await api.get(`${addressOf(name)}/free`)
  return freeName(said.name, tabs.tabs.map(tab => tab.name))
}

/** Do something; what goes wrong is said. Whether it went well.
 * @param {App} app @param {() => Promise<unknown>} work @returns {Promise<boolean>} */
export async function trying(app, work) {
  try {
    await work()
    return true
  } catch (error) {
    app.ui.toast(/** @type {Error} */ (error).message, "bad")
    return false
  }
}

/** Why a name can't be given, as a sentence; "" if it can.
 * @param {App} app @param {string} name @returns {string} */
export function wrongName(app, name) {
  const why = whyNoName(name)
  return why ? app.t(why) : ""
}

/** @param {App} app @param {string} name @param {string} to @returns {Promise<boolean>} */
export async function renameHere(app, name, to) {
  const why = wrongName(app, to)
  if (why) {
    app.ui.toast(why, "bad")
    return false
  }
  return trying(app, async () => {
    await app.api.post(`${addressOf(name)}/rename`, {to})
    app.tabs.renamed(name, to)
  })
}

/** @param {App} app @param {string} name @param {string} to  @param {boolean} [open] */
export async function duplicate(app, name, to, open = true) {
  return trying(app, async () => {
    await app.api.post(`${addressOf(name)}/duplicate`, {to})
    if (open) await app.tabs.open(to)
  })
}

/** Have the server write its file now, even if nobody has edited it.
 * @param {App} app @param {string} name @returns {Promise<boolean>} */
export function saveNow(app, name) {
  return trying(app, () => app.api.post(`${addressOf(name)}/save`, {}))
}

/** Ask for a name and keep a copy under it, which is then shown.
 * @param {App} app @param {string} [name] */
export async function saveAs(app, name = app.tabs.active.name) {
  const free = await freeLike(app, name).catch(() => name)
  const to = await app.ui.ask(app.t("workflows.saveAs"), free)
  if (!to || to === name) return
  const why = wrongName(app, to)
  if (why) app.ui.toast(why, "bad")
  else await duplicate(app, name, to)
}

/** @param {App} app @param {string} name @returns {Promise<boolean>} whether it is gone */
export async function removeDocument(app, name) {
  const {t, ui} = app
  if (!await ui.confirm(t("workflows.delete.sure", {name}), t("workflows.delete"))) return false
  return trying(app, async () => {
    await app.api.remove(addressOf(name))
    if (app.tabs.tabs.some(tab => tab.name === name)) app.tabs.close(name)
  })
}

/** Open a new document that is called as a template, or "Untitled" and is empty.
 * @param {App} app @param {string} [template] */
export async function begin(app, template) {
  await trying(app, async () => {
    const wanted = template ? app.t(`template.${template}`, {or: template}) : app.t("app.untitled")
    await app.tabs.open(await freeLike(app, wanted), template ? {template} : {})
  })
}

/** A document's graph, as the server has it.
 * @param {App} app @param {string} name @returns {Promise<Graph>} */
export function graphOf(app, name) {
  const open = app.tabs.tabs.find(tab => tab.name === name)
  return open ? Promise.resolve(open.store.graph) : app.api.get(addressOf(name))
}

/** @typedef {"easel" | "api" | "ui"} Form */

/** Have the browser keep a document as a file.
 * @param {App} app @param {string} name @param {Form} form */
export async function exportAs(app, name, form) {
  await trying(app, async () => {
    const graph = await graphOf(app, name)
    const text = stringify(graph)
    const said = form === "easel" ? {workflow: graph} : await app.api.convert(text, form)
    const tail = {easel: ".easel.json", api: ".api.json", ui: ".json"}[form]
    const file = new Blob([stringify(said.workflow)], {type: "application/json"})
    download(file, parted(name).last + tail)
  })
}

/** @param {Blob | string} file  or its address @param {string} name */
export function download(file, name) {
  const address = typeof file === "string" ? file : URL.createObjectURL(file)
  const link = document.createElement("a")
  link.href = address
  link.download = name
  link.click()
  if (typeof file !== "string") setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

/** The name of a file without folder and endings, as a document's name.
 * @param {string} file @returns {string} */
export function nameOfFile(file) {
  const last = file.split(/[\\/]/).at(-1) ?? ""
  const bare = last.replace(/\.(json|png|webp|jpe?g)$/i, "").replace(/\.(easel|api)$/i, "")
  return bare.replace(/[<>:"|?*\p{Cc}]/gu, " ").replace(/^[.\s]+|\s+$/g, "").slice(0, 120)
}

/** Open a file of any form, or a picture that carries a workflow, and say what it lacks here.
 * @param {App} app @param {Blob} file @param {string} name */
export async function importFile(app, file, name) {
  await trying(app, async () => {
    /** @type {Json} */
    const said = await app.api.convert(file, "easel")
    await app.tabs.open(nameOfFile(name) || app.t("app.untitled"), {graph: said.workflow})
    app.ui.imported(app.tabs.active.name, said)
  })
}
