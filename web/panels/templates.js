// @ts-check
/** Example workflows, each with a picture that the shipped model drew of it. */

/** @import {App} from "../types.js" */

import {stringify} from "../net/json.js"
import {begin, importFile, trying} from "./documents.js"
import {h} from "./dom.js"

const FIRST = "text-to-image"

/** @param {App} app @returns {Promise<string[]>} the simplest first */
export async function templateNames(app) {
  /** @type {{name: string}[]} */
  const found = await app.api.get("/templates")
  const names = found.map(one => one.name)
  return names.sort((a, b) => Number(b === FIRST) - Number(a === FIRST) || a.localeCompare(b))
}

/** Ours, then those of packs.
 * @param {App} app @returns {Promise<HTMLElement>} */
export async function templateGrid(app) {
  const [names, packs] = await Promise.all([templateNames(app), packTemplates(app)])
  const tiles = [...names.map(name => templateTile(app, name)), ...packs]
  return h("ul", {class: "grid templates"}, tiles.map(tile => h("li", null, tile)))
}

/** @param {App} app @returns {Promise<HTMLElement[]>} */
async function packTemplates(app) {
  /** @type {Object<string, string[]>} */
  const packs = await app.api.get("/workflow_templates").catch(() => ({}))
  return Object.entries(packs).flatMap(([pack, names]) => names.map(name => {
    const place = `/workflow_templates/${encodeURIComponent(pack)}/${encodeURIComponent(name)}`
    return tile(name, `${place}.jpg`, pack, () => trying(app, async () => {
      const graph = await app.api.get(`${place}.json`)
      await importFile(app, new Blob([stringify(graph)]), name)
    }))
  }))
}

/** @param {App} app @param {string} name @returns {HTMLElement} */
export function templateTile(app, name) {
  const picture = `/assets/templates/${encodeURIComponent(name)}.webp`
  return tile(app.t(`template.${name}`, {or: name}), picture, "", () => begin(app, name))
}

/** @param {string} title @param {string} picture @param {string} from @param {() => void} run
 * @returns {HTMLElement} */
function tile(title, picture, from, run) {
  const image = h("img", {src: picture, alt: "", loading: "lazy", decoding: "async",
    onerror: () => image.remove()})
  return h("button", {class: "template", type: "button", title: from, onclick: run},
    h("span", {class: "tile"}, image), h("span", {class: "template-name"}, title))
}
