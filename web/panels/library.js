// @ts-check
/** The library of nodes: by category, searchable; with the documentation of what is looked at. */

/** @import {App, NodeSpec} from "../types.js" */
/** @import {NodeDocs} from "./docs.js" */
/** @import {Branch} from "./tree.js" */

import {definitionOf} from "../document/paths.js"
import {icon} from "../icons/icons.js"
import {menuTitle, typeTitle} from "../texts/index.js"
import {DRAGS} from "../tools/drop.js"
import {addAtMiddle, offered} from "./adding.js"
import {iconButton} from "./buttons.js"
import {fill, h} from "./dom.js"
import {ranked} from "./fuzzy.js"
import {dot} from "./node_card.js"
import {infoOf} from "./node_info.js"
import {marked} from "./search_list.js"
import {Stops} from "./stops.js"
import {countOf, naturally, treeOf} from "./tree.js"

const OWN = "@subgraphs"  // the folder of the document's own

/** Menus at the end, the last one last. */
const LAST = ["advanced", "api", "_for_testing", "deprecated"]

export class Library {
  #stops = new Stops()
  /** @type {Set<string>} folders that are open */
  #open = new Set()

  /** @param {App} app @param {NodeDocs} docs */
  constructor(app, docs) {
    const {t} = app
    this.app = app
    this.docs = docs
    this.field = h("input", {class: "field", type: "search", placeholder: t("library.search"),
      "aria-label": t("library.search"), spellcheck: "false", oninput: () => this.draw()})
    this.list = h("div", {class: "drawer-list scrolls", onkeydown: arrowKeys})
    this.about = h("div", {class: "drawer-about scrolls", hidden: true})
    this.element = h("div", {class: "drawer-parts"},
      h("div", {class: "drawer-search"}, this.field), this.list, this.about)
  }

  opened() {
    this.draw()
    this.#stops.add(this.app.specs.on(() => this.draw()))
    if (matchMedia("(hover: hover)").matches) this.field.focus()
  }

  closed() {
    this.#stops.end()
  }

  end() {
    this.#stops.end()
  }

  draw() {
    const {app} = this
    const specs = offered(app)
    const search = this.field.value.trim()
    if (!search) return fill(this.list, this.#branch(treeOf(specs, folderOf, lastOnes)))
    const found = ranked(search, specs, spec => ({
      names: [typeTitle(app.t, spec), spec.name, spec.category], weight: 0,
    }))
    fill(this.list, found.length ? found.map(({thing, at}) => this.#row(thing, at))
      : [h("p", {class: "none"}, app.t("search.nothing"))])
  }

  /** @param {Branch<NodeSpec>} branch @returns {HTMLElement[]} */
  #branch(branch) {
    const things = [...branch.things].sort((a, b) =>
      typeTitle(this.app.t, a).localeCompare(typeTitle(this.app.t, b)))
    return [...branch.folders.map(folder => this.#folder(folder)),
      ...things.map(one => this.#row(one))]
  }

  /** @param {Branch<NodeSpec>} folder @returns {HTMLElement} */
  #folder(folder) {
    const {t} = this.app
    const title = folder.path === OWN ? t("add.subgraph") : menuTitle(t, folder.name)
    const made = h("details", {class: "folder", ontoggle: () => {
      if (made.open) this.#open.add(folder.path)
      else this.#open.delete(folder.path)
    }},
    h("summary", {class: "folder-head"}, icon("right", 13),
      h("span", {class: "cut"}, title),
      h("span", {class: "faint"}, countOf(folder))),
    h("div", {class: "folder-body"}, this.#branch(folder)))
    made.open = this.#open.has(folder.path)
    return made
  }

  /** @param {NodeSpec} spec @param {number[]} [at] @returns {HTMLElement} */
  #row(spec, at = []) {
    const title = typeTitle(this.app.t, spec)
    return h("div", {class: "row-pair"},
      h("button", {class: "leaf", type: "button", draggable: "true", title: spec.name,
        onclick: () => this.#look(spec), ondblclick: () => addAtMiddle(this.app, spec.name),
        onfocus: () => this.about.hidden || this.#look(spec),
        ondragstart: (/** @type {DragEvent} */ event) => {
          event.dataTransfer?.setData(DRAGS.node, spec.name)
          event.dataTransfer?.setData("text/plain", spec.name)
        }},
      dot(spec), h("span", {class: "cut"}, marked(title, at))),
      iconButton("add", this.app.t("library.add", {title}), () => addAtMiddle(this.app, spec.name),
        {class: "small row-way", tabindex: "-1"}))
  }

  /** @param {NodeSpec} spec */
  #look(spec) {
    this.about.hidden = false
    fill(this.about, [h("div", {class: "info"}, infoOf(this.app, this.docs, spec))])
    this.about.scrollTop = 0
  }
}

/** What is seldom wanted comes last. @param {string} one @param {string} other @returns {number} */
function lastOnes(one, other) {
  return LAST.indexOf(one) - LAST.indexOf(other) || naturally(one, other)
}

/** @param {NodeSpec} spec @returns {string} */
function folderOf({name, category}) {
  return definitionOf(name) ? OWN : category
}

/** Up and down in a list of buttons and folders; right and left open and shut.
 * @param {KeyboardEvent} event */
export function arrowKeys(event) {
  const list = /** @type {HTMLElement} */ (event.currentTarget)
  const here = /** @type {HTMLElement} */ (event.target)
  const fold = here.parentElement instanceof HTMLDetailsElement ? here.parentElement : null
  if (event.key === "ArrowRight" && fold) fold.open = true
  else if (event.key === "ArrowLeft" && fold?.open) fold.open = false
  else if (event.key === "ArrowLeft") {
    const above = here.closest(".folder-body")?.previousElementSibling
    if (above instanceof HTMLElement) above.focus()
  } else {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key]
    if (!step) return
    const all = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("summary, .leaf")])
    const seen = all.filter(one => one.offsetParent !== null)
    seen[seen.indexOf(here) + step]?.focus()
  }
  event.preventDefault()
}
