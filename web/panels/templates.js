// @ts-check
/** Example workflows, each with a picture that the shipped model drew of it. */

/** @import {App} from "../types.js" */

import {begin} from "./documents.js"
import {h} from "./dom.js"

const FIRST = "text-to-image"

/** @param {App} app @returns {Promise<string[]>} the simplest first */
export async function templateNames(app) {
  /** @type {{name: string}[]} */
  const found = await app.api.get("/templates")
  const names = found.map(one => one.name)
  return names.sort((a, b) => Number(b === FIRST) - Number(a === FIRST) || a.localeCompare(b))
}

/** @param {App} app @returns {Promise<HTMLElement>} */
export async function templateGrid(app) {
  const names = await templateNames(app)
  const tiles = names.map(name => h("li", null, templateTile(app, name)))
  return h("ul", {class: "grid templates"}, tiles)
}

/** @param {App} app @param {string} name @returns {HTMLElement} */
export function templateTile(app, name) {
  const image = h("img", {src: `/assets/templates/${encodeURIComponent(name)}.webp`, alt: "",
    loading: "lazy", decoding: "async", onerror: () => image.remove()})
  return h("button", {class: "template", type: "button", onclick: () => begin(app, name)},
    h("span", {class: "tile"}, image),
    h("span", {class: "template-name"}, app.t(`template.${name}`, {or: name})))
}
