// @ts-check
/** The models on this machine: by folder, with what is in each file's header. */

/** @import {App} from "../types.js" */
/** @import {NodeDocs} from "./docs.js" */

import {icon} from "../icons/icons.js"
import {typeTitle} from "../texts/index.js"
import {addAtMiddle} from "./adding.js"
import {moment, size} from "./amounts.js"
import {iconButton, wordButton} from "./buttons.js"
import {fill, h} from "./dom.js"
import {trying} from "./documents.js"
import {arrowKeys} from "./library.js"
import {naturally} from "./tree.js"
import {parse, stringify} from "../net/json.js"

/** @typedef {{name: string, pathIndex: number, modified: number, size: number}} ModelFile */

const LONG = 400  // letters of a header's value that are shown at first

export class Models {
  /** @type {Map<string, ModelFile[]>} */
  #files = new Map()
  /** @type {Set<string>} */
  #open = new Set(["checkpoints"])

  /** @param {App} app @param {NodeDocs} docs  renders cards that are Markdown */
  constructor(app, docs) {
    const {t} = app
    this.app = app
    this.docs = docs
    this.field = h("input", {class: "field", type: "search", placeholder: t("models.search"),
      "aria-label": t("models.search"), spellcheck: "false", oninput: () => this.draw()})
    this.list = h("div", {class: "drawer-list scrolls", onkeydown: arrowKeys})
    this.about = h("div", {class: "drawer-about scrolls", hidden: true})
    this.element = h("div", {class: "drawer-parts"},
      h("div", {class: "drawer-search"}, this.field,
        iconButton("retry", t("models.refresh"), () => this.#load(), {class: ""})),
      this.list, this.about)
  }

  opened() {
    this.#load()
  }

  closed() {}

  end() {}

  async #load() {
    const {api} = this.app
    await trying(this.app, async () => {
      /** @type {{name: string}[]} */
      const folders = await api.get("/experiment/models")
      const all = await Promise.all(folders.map(({name}) =>
        api.get(`/experiment/models/${encodeURIComponent(name)}`)))
      this.#files = new Map(folders.map(({name}, index) => [name, all[index]]))
      this.draw()
    })
  }

  draw() {
    const {t} = this.app
    const words = this.field.value.trim().toLowerCase().split(/\s+/).filter(Boolean)
    /** @type {(folder: string, file: ModelFile) => boolean} */
    const fits = (folder, file) =>
      words.every(word => `${folder}/${file.name}`.toLowerCase().includes(word))
    const folders = [...this.#files].map(([name, files]) =>
      ({name, files: files.filter(file => fits(name, file))}))
    const full = folders.filter(({files}) => files.length)
      .sort((a, b) => naturally(a.name, b.name))
    const bare = words.length ? [] : folders.filter(({files}) => !files.length)
    const none = t(words.length ? "search.nothing" : "models.none")
    const empty = bare.map(({name}) => name).join(", ")
    fill(this.list, [
      ...full.map(({name, files}) => this.#folder(name, files, words.length > 0)),
      full.length ? null : h("p", {class: "none"}, none),
      empty ? h("p", {class: "none"}, t("models.empty", {names: empty})) : null,
    ])
  }

  /** @param {string} name @param {ModelFile[]} files @param {boolean} all */
  #folder(name, files, all) {
    const made = h("details", {class: "folder", ontoggle: () => {
      if (made.open) this.#open.add(name)
      else this.#open.delete(name)
    }},
    h("summary", {class: "folder-head"}, icon("right", 13),
      h("span", {class: "cut"}, this.app.t(`folder.${name}`, {or: name})),
      h("span", {class: "faint"}, files.length)),
    h("div", {class: "folder-body"}, files.map(file => this.#row(name, file))))
    made.open = all || this.#open.has(name)
    return made
  }

  /** @param {string} folder @param {ModelFile} file */
  #row(folder, file) {
    return h("button", {class: "leaf", type: "button", title: file.name,
      onclick: () => this.#look(folder, file)},
    h("span", {class: "cut"}, file.name.replace(/\.(safetensors|sft|ckpt|pt|pth|bin)$/, "")),
    h("span", {class: "faint leaf-end"}, size(file.size)))
  }

  /** @param {string} folder @param {ModelFile} file */
  async #look(folder, file) {
    const {api, t} = this.app
    this.about.hidden = false
    const picture = h("img", {class: "model-picture", alt: "", hidden: true,
      onload: () => { picture.hidden = false },
      src: ["/experiment/models/preview", encodeURIComponent(folder), file.pathIndex,
        ...file.name.split("/").map(encodeURIComponent)].join("/")})
    const header = h("div", {class: "entries"}, h("p", {class: "none"}, t("models.reading")))
    const when = moment(file.modified * 1000, Date.now(), t, document.documentElement.lang || "en")
    fill(this.about, [h("div", {class: "info"},
      h("h3", {class: "info-title"}, file.name), picture,
      h("p", {class: "info-facts"}, [folder, size(file.size), when]
        .map(one => h("span", {class: "chip"}, one))),
      this.#loaders(folder, file), header)])
    const query = `filename=${encodeURIComponent(file.name)}`
    const path = `/view_metadata/${encodeURIComponent(folder)}?${query}`
    const said = await api.get(path).catch(() => null)
    const entries = Object.entries(said ?? {})
    fill(header, entries.length ? entries.map(([key, value]) => this.#entry(key, String(value)))
      : [h("p", {class: "none"}, t("models.bare"))])
  }

  /** @param {string} key @param {string} value @returns {HTMLElement} */
  #entry(key, value) {
    if (/^#+ /.test(value)) {
      const prose = h("dd", {class: "prose"})
      this.docs.show(prose, value).catch(() => {})
      return h("div", {class: "entry"}, h("dt", null, key), prose)
    }
    const text = pretty(value)
    const cut = text.length > LONG
    const shown = h("dd", {class: "model-value"}, cut ? `${text.slice(0, LONG)}…` : text)
    const more = cut ? wordButton(this.app.t("models.all"), () => {
      shown.textContent = text
      more?.remove()
    }, {class: "small"}) : null
    return h("div", {class: "entry"}, h("dt", null, key), shown, more)
  }

  /** Buttons for nodes that load files of this folder.
   * @param {string} folder @param {ModelFile} file */
  #loaders(folder, file) {
    const {specs, t} = this.app
    const {name} = file
    const found = specs.all().flatMap(spec => {
      const input = spec.inputs.find(one => one.folder === folder && one.options?.includes(name))
      return input ? [{spec, input}] : []
    })
    return h("p", {class: "row-ways"}, found.map(({spec, input}) =>
      wordButton(typeTitle(t, spec), () => addAtMiddle(this.app, spec.name, {[input.name]: name}),
        {class: "small", drawn: "add"})))
  }
}

/** JSON in a header is laid out. @param {string} text @returns {string} */
function pretty(text) {
  if (!/^\s*[{[]/.test(text)) return text
  try {
    return stringify(parse(text), 1)
  } catch {
    return text
  }
}
