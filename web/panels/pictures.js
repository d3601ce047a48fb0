// @ts-check
/** What can be done with a picture that was made: its menu, its workflow, as an input. */

/** @import {App, Json, MenuItem, Picture} from "../types.js" */

import {keyPath} from "../document/paths.js"
import {addAtMiddle} from "./adding.js"
import {download, importFile, trying} from "./documents.js"

/** @param {App} app @param {Picture[]} pictures @param {number} index @returns {MenuItem[]} */
export function pictureMenu(app, pictures, index) {
  const {t} = app
  const picture = pictures[index]
  return [
    {title: t("gallery.large"), icon: "eye", run: () => app.ui.lightbox(pictures, index)},
    {title: t("gallery.workflow"), icon: "out", run: () => openWorkflow(app, picture)},
    {title: t("gallery.input"), icon: "picture", run: () => useAsInput(app, picture)},
    {title: t("gallery.download"), icon: "download", line: true, run: () => {
      download(app.api.view(picture), picture.filename)
    }},
  ]
}

/** @param {App} app @param {Picture} picture @returns {Promise<Blob>} */
async function bytesOf(app, picture) {
  const answer = await fetch(app.api.view(picture))
  if (!answer.ok) throw new Error(app.t("gallery.gone", {name: picture.filename}))
  return answer.blob()
}

/** Open the workflow that a picture was made by. @param {App} app @param {Picture} picture */
export async function openWorkflow(app, picture) {
  await trying(app, async () => importFile(app, await bytesOf(app, picture), picture.filename))
}

/** Put a picture among the inputs, and into the node that is selected, or a new one.
 * @param {App} app @param {Picture} picture */
export async function useAsInput(app, picture) {
  await trying(app, async () => {
    const kept = await app.api.upload(await bytesOf(app, picture), picture.filename)
    const name = kept.subfolder ? `${kept.subfolder}/${kept.filename}` : kept.filename
    putInto(app, name)
  })
}

/** @param {App} app @param {string} name */
function putInto(app, name) {
  const {scene, session, t, ui} = app
  for (const key of session.selection) {
    const place = scene.nodes.get(key.slice("nodes/".length))
    const input = place?.spec.inputs.find(one => one.upload === "image")
    if (!place || !input) continue
    const path = keyPath(scene.where, key, "inputs", input.name)
    app.store.edit([{op: "set", path, value: name}])
    ui.toast(t("gallery.input.set", {name}), "good")
    return
  }
  const spec = app.specs.all().find(one => one.inputs.some(input => input.upload === "image"))
  const input = spec?.inputs.find(one => one.upload === "image")
  if (!spec || !input) return
  addAtMiddle(app, spec.name, {[input.name]: name})
  ui.toast(t("gallery.input.new", {name}), "good")
}

/** The pictures among what an output lists. @param {Json[]} shown @returns {Picture[]} */
export function picturesOf(shown) {
  return shown.filter(one => typeof one?.filename === "string").map(one => ({
    filename: one.filename, subfolder: one.subfolder ?? "", type: one.type ?? "output",
  }))
}
