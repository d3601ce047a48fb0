// @ts-check
/** Things dragged onto the canvas: files, node types of the library, pictures and documents of the
 * panels. Says where they are let go; what is done with them is `given.js`. */
/** @import {App, Picture, Point} from "../types.js" */
/** @import {Given} from "./given.js" */

import {toCanvas} from "../view/camera.js"

/** What panels call what they drag: a class type, JSON of a Picture, a document's name. */
export const DRAGS = {node: "application/x-easel-node", picture: "application/x-easel-picture",
  workflow: "application/x-easel-workflow"}

const TAKEN = new Set(["Files", "text/uri-list", ...Object.values(DRAGS)])

/** Let things be dropped. @param {HTMLElement} host @param {App} app @param {Given} given */
export function dropping(host, app, given) {
  host.addEventListener("dragover", event => {
    const types = event.dataTransfer?.types ?? []
    if (event.defaultPrevented || !types.some(type => TAKEN.has(type))) return
    event.preventDefault()
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy"
  })
  host.addEventListener("drop", event => {
    if (event.defaultPrevented || !event.dataTransfer) return
    event.preventDefault()
    const {left, top} = host.getBoundingClientRect()
    const screen = {x: event.clientX - left, y: event.clientY - top}
    taken(app, given, event.dataTransfer, toCanvas(app.session.camera, screen))
  })
}

/** @param {App} app @param {Given} given @param {DataTransfer} data @param {Point} point
 * @returns {Promise<void> | void} */
function taken(app, given, data, point) {
  const type = data.getData(DRAGS.node)
  if (type) return given.node(type, point)
  const name = data.getData(DRAGS.workflow)
  if (name) return app.tabs.open(name)
  const picture = data.getData(DRAGS.picture)
  if (picture) return given.shown(given.ways.parse(picture), point)
  const files = [...data.files]
  if (files.length) return given.files(files, point, true)
  const shown = pictureAt(data.getData("text/uri-list"), location.origin)
  if (shown) return given.shown(shown, point)
}

/** The picture that an address of this server shows.
 * @param {string} address @param {string} origin @returns {Picture | null} */
export function pictureAt(address, origin) {
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  const filename = url.searchParams.get("filename")
  if (url.origin !== origin || !/\/view$/.test(url.pathname) || !filename) return null
  return {filename, subfolder: url.searchParams.get("subfolder") ?? "",
    type: url.searchParams.get("type") ?? "output"}
}
