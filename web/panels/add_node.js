// @ts-check
/** The search for a node: fuzzy, what is used most first, with the node drawn beside the list. */

/** @import {App, NodeSpec, Point, Socket} from "../types.js" */
/** @import {NodeDocs} from "./docs.js" */

import {definitionOf} from "../document/paths.js"
import {menuTitle, outputLabel, typeTitle} from "../texts/index.js"
import {toScreen} from "../view/camera.js"
import {addNode, offered, takes, usualness} from "./adding.js"
import {fill, h} from "./dom.js"
import {float, place} from "./floating.js"
import {ranked} from "./fuzzy.js"
import {dot, nodeCard, ring} from "./node_card.js"
import {SearchList} from "./search_list.js"

/** @param {App} app @param {{host: HTMLElement, stage: HTMLElement, docs: NodeDocs}} page
 *   stage: what the canvas fills
 * @param {Point} at  canvas @param {Socket} [link]  what is to be joined with the node
 * @returns {() => void} */
export function openAddNode(app, {host, stage, docs}, at, link) {
  const {t} = app
  const specs = offered(app).filter(spec => !link || takes(app, spec, link))
    .sort((a, b) => typeTitle(t, a).localeCompare(typeTitle(t, b)))
  const side = h("div", {class: "add-side"})
  const list = new SearchList({
    label: t("add.search"), nothing: t("add.nothing"),
    find: search => rowsOf(app, specs, search, choose),
    looked: row => fill(side, row ? about(app, docs, row.thing) : []),
  })
  const from = link ? h("p", {class: "add-from"}, ring(link.type, false, link.list),
    h("span", null, t(`add.from.${link.side}`, {type: outputLabel(t, link.type)}))) : null
  const box = h("div", {class: "add", role: "dialog", "aria-label": t("add.title")},
    h("div", {class: "add-main"}, from, list.element), side)
  const close = float(host, box)
  /** @param {NodeSpec} spec */
  function choose(spec) {
    close()
    addNode(app, spec, link ? at : {x: at.x - 24, y: at.y - 17}, {link})
  }
  list.search()
  putAt(box, stage, toScreen(app.session.camera, at))
  list.field.focus()
  return close
}

/** @param {HTMLElement} box @param {HTMLElement} stage @param {Point} screen */
function putAt(box, stage, screen) {
  const {left, top} = stage.getBoundingClientRect()
  if (innerWidth < 700) return
  place(box, {x: left + screen.x - 16, y: top + screen.y - 20})
}

/** @param {App} app @param {NodeSpec[]} specs @param {string} search
 * @param {(spec: NodeSpec) => void} choose */
function rowsOf(app, specs, search, choose) {
  const {t} = app
  const usual = usualness(app)
  /** @param {NodeSpec} spec */
  const told = spec => ({
    names: [typeTitle(t, spec), spec.name, categoryOf(app, spec), spec.pack].filter(Boolean),
    weight: usual(spec.name),
  })
  return ranked(search, specs, told).map(({thing, at}) => ({
    title: typeTitle(t, thing), at, detail: categoryOf(app, thing), thing,
    start: dot(thing),
    choose: () => choose(thing),
  }))
}

/** A node type's menu as it is read: "Sampling / Custom sampling".
 * @param {App} app @param {NodeSpec} spec @returns {string} */
export function categoryOf({t}, {category, name}) {
  if (definitionOf(name)) return t("add.subgraph")
  return category.split("/").filter(Boolean).map(part => menuTitle(t, part)).join(" / ")
}

/** @param {App} app @param {NodeDocs} docs @param {unknown} thing @returns {HTMLElement[]} */
function about(app, docs, thing) {
  const spec = /** @type {NodeSpec} */ (thing)
  const pack = spec.pack ? h("span", {class: "chip"}, spec.pack) : null
  return [nodeCard(spec, app.t), h("p", {class: "add-name"}, spec.name, pack),
    h("p", {class: "add-text"}, firstLine(docs.description(spec)))]
}

/** @param {string} text @returns {string} */
function firstLine(text) {
  return text.split("\n\n")[0]
}
