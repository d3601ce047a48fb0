// @ts-check
/** Workflows that the server keeps, in their folders, and examples to begin with. */

/** @import {App, MenuItem} from "../types.js" */
/** @import {Listed} from "./documents.js" */
/** @import {Branch} from "./tree.js" */

import {icon} from "../icons/icons.js"
import {stringify} from "../net/json.js"
import {moment} from "./amounts.js"
import {begin, duplicate, exportAs, freeLike, importFile, listed, removeDocument, renameHere,
  saveAs, trying} from "./documents.js"
import {iconButton, wordButton} from "./buttons.js"
import {fill, h, thumb} from "./dom.js"
import {keepingFocus} from "./focus.js"
import {fuzzy} from "./fuzzy.js"
import {arrowKeys} from "./library.js"
import {menuUnder} from "./menu.js"
import {Stops} from "./stops.js"
import {templateGrid} from "./templates.js"
import {DRAGS} from "../tools/drop.js"
import {countOf, parted, treeOf} from "./tree.js"

const EVERY = 2500  // milliseconds between two looks at what others, and runs, have changed

export class Workflows {
  #stops = new Stops()
  /** @type {Listed[]} */
  #all = []
  /** @type {Set<string>} folders that are shut */
  #shut = new Set()

  /** @param {App} app @param {HTMLElement} host @param {(name: string) => void} versions */
  constructor(app, host, versions) {
    const {t} = app
    this.app = app
    this.host = host
    this.versions = versions
    this.field = h("input", {class: "field", type: "search", placeholder: t("workflows.search"),
      "aria-label": t("workflows.search"), spellcheck: "false", oninput: () => this.draw()})
    this.list = h("div", {class: "workflow-list", onkeydown: arrowKeys})
    this.templates = h("div", null)
    const file = h("input", {type: "file", hidden: true, accept: ".json,.png,.webp,.jpg,.jpeg",
      multiple: true, onchange: () => this.#import(file)})
    this.element = h("div", {class: "drawer-parts"},
      h("div", {class: "drawer-search"},
        wordButton(t("workflows.new"), () => begin(app), {drawn: "add"}),
        wordButton(t("workflows.import"), () => file.click(), {drawn: "upload"}),
        wordButton(t("workflows.saveAs.short"), () => saveAs(app).then(() => this.#load())), file),
      h("div", {class: "drawer-search"}, this.field),
      h("div", {class: "drawer-list scrolls"}, this.list,
        h("h3", {class: "section-head"}, t("workflows.templates")), this.templates))
  }

  opened() {
    let shown = this.#shown()
    this.#stops.add(this.app.tabs.on(() => {
      if (shown === this.#shown()) return
      shown = this.#shown()
      this.#load()
    }))
    this.#stops.timer(EVERY, () => this.#look())
    this.#load()
    templateGrid(this.app).then(grid => fill(this.templates, [grid]), () => {})
  }

  /** Which are open, and which of them is seen. @returns {string} */
  #shown() {
    const {tabs, active} = this.app.tabs
    return [active.name, ...tabs.map(tab => tab.name)].join("\n")
  }

  closed() {
    this.#stops.end()
  }

  end() {
    this.#stops.end()
  }

  async #load() {
    await trying(this.app, async () => {
      this.#all = await listed(this.app)
      this.draw()
    })
  }

  /** Draw what has changed, unless something is held. */
  async #look() {
    const found = await listed(this.app).catch(() => this.#all)
    if (stringify(found) === stringify(this.#all) || this.list.querySelector(":active")) return
    this.#all = found
    keepingFocus(this.list, () => this.draw())
  }

  draw() {
    const {t} = this.app
    const search = this.field.value.trim()
    const found = search ? this.#all.filter(one => fuzzy(search, one.name)) : this.#all
    const tree = treeOf(found, one => parted(one.name).folder)
    fill(this.list, found.length ? this.#branch(tree, search !== "")
      : [h("p", {class: "none"}, t(search ? "search.nothing" : "workflows.none"))])
  }

  /** @param {Branch<Listed>} branch @param {boolean} open @returns {HTMLElement[]} */
  #branch(branch, open) {
    return [...branch.folders.map(one => this.#folder(one, open)),
      ...branch.things.map(one => this.#row(one))]
  }

  /** @param {Branch<Listed>} folder @param {boolean} open @returns {HTMLElement} */
  #folder(folder, open) {
    const made = h("details", {class: "folder",
      ontoggle: () => {
        if (made.open) this.#shut.delete(folder.path)
        else this.#shut.add(folder.path)
      },
      ondragover: (/** @type {DragEvent} */ event) => {
        if (event.dataTransfer?.types.includes(DRAGS.workflow)) event.preventDefault()
      },
      ondrop: (/** @type {DragEvent} */ event) => {
        const name = event.dataTransfer?.getData(DRAGS.workflow)
        event.preventDefault()
        event.stopPropagation()
        if (name) this.#move(name, folder.path)
      }},
    h("summary", {class: "folder-head"}, icon("right", 13), h("span", {class: "cut"}, folder.name),
      h("span", {class: "faint"}, countOf(folder))),
    h("div", {class: "folder-body"}, this.#branch(folder, open)))
    made.open = open || !this.#shut.has(folder.path)
    return made
  }

  /** @param {Listed} one @returns {HTMLElement} */
  #row(one) {
    const {app} = this
    const {t} = app
    const {last} = parted(one.name)
    const active = one.name === app.tabs.active.name
    const language = String(document.documentElement.lang || "en")
    return h("div", {class: "row-pair"},
      h("button", {class: `leaf workflow${active ? " active" : ""}`, type: "button",
        title: one.name, draggable: "true", "aria-current": active, "data-focus": one.name,
        ondragstart: (/** @type {DragEvent} */ event) => {
          event.dataTransfer?.setData(DRAGS.workflow, one.name)
        },
        onclick: () => trying(app, () => app.tabs.open(one.name)).then(() => this.draw())},
      thumb(one.thumbnail ?? ""),
      h("span", {class: "row-main"}, h("span", {class: "row-title cut"}, last),
        h("span", {class: "row-text"}, moment(one.time, Date.now(), t, language)))),
      iconButton("more", t("workflows.ways", {name: last}), event => {
        const button = /** @type {HTMLElement} */ (event.currentTarget)
        menuUnder(this.host, button, this.#ways(one), last)
      }, {class: "small row-way", "aria-haspopup": "menu", "aria-expanded": false,
        "data-focus": `ways ${one.name}`}))
  }

  /** @param {Listed} one @returns {MenuItem[]} */
  #ways({name}) {
    const {app} = this
    const {t} = app
    const {folder, last} = parted(name)
    /** @param {import("./documents.js").Form} form @returns {MenuItem} */
    const form = form =>
      ({title: t(`workflows.export.${form}`), run: () => exportAs(app, name, form)})
    const forms = [form("easel"), form("api"), form("ui")]
    const open = () => trying(app, () => app.tabs.open(name))
    return [
      {title: t("workflows.open"), icon: "folder", run: open},
      {title: t("workflows.versions"), icon: "history", run: () => this.versions(name)},
      {title: t("workflows.rename"), icon: "edit", line: true,
        run: () => this.#rename(name, folder, last)},
      {title: t("workflows.duplicate"), icon: "copy", run: () => this.#copy(name)},
      {title: t("workflows.move"), icon: "folder", items: this.#targets(name, folder)},
      {title: t("workflows.export"), icon: "download", items: forms},
      {title: t("workflows.delete"), icon: "trash", line: true, run: () => this.#remove(name)},
    ]
  }

  /** @param {string} name @param {string} folder @returns {MenuItem[]} */
  #targets(name, folder) {
    const {t, ui} = this.app
    const all = new Set(this.#all.map(one => parted(one.name).folder))
    const folders = [...all].filter(Boolean).sort()
    const into = folders.filter(one => one !== folder)
      .map(one => ({title: one, icon: "folder", run: () => this.#move(name, one)}))
    const up = {title: t("workflows.top"), icon: "up", run: () => this.#move(name, "")}
    const fresh = {title: t("workflows.folder.new"), icon: "add", line: true, run: async () => {
      const wanted = await ui.ask(t("workflows.folder.name"), "")
      if (wanted) this.#move(name, wanted)
    }}
    return [...folder ? [up] : [], ...into, fresh]
  }

  /** @param {string} name @param {string} folder */
  async #move(name, folder) {
    const {last} = parted(name)
    const to = folder ? `${folder}/${last}` : last
    if (to !== name && await renameHere(this.app, name, to)) await this.#load()
  }

  /** @param {string} name @param {string} folder @param {string} last */
  async #rename(name, folder, last) {
    const given = await this.app.ui.ask(this.app.t("workflows.rename.ask"), last)
    if (!given || given === last) return
    const to = folder && !given.includes("/") ? `${folder}/${given}` : given
    if (await renameHere(this.app, name, to)) await this.#load()
  }

  /** @param {string} name */
  async #copy(name) {
    const {app} = this
    const copied = () => freeLike(app, name).then(to => duplicate(app, name, to, false))
    if (await trying(app, copied)) await this.#load()
  }

  /** @param {string} name */
  async #remove(name) {
    if (await removeDocument(this.app, name)) await this.#load()
  }

  /** @param {HTMLInputElement} input */
  async #import(input) {
    for (const file of [...input.files ?? []]) await importFile(this.app, file, file.name)
    input.value = ""
    await this.#load()
  }
}
