// @ts-check
/** All that was made, the latest first: large, its workflow, as an input. */

/** @import {App, Json, Picture} from "../types.js" */

import {DRAGS} from "../tools/drop.js"
import {wordButton} from "./buttons.js"
import {fill, h} from "./dom.js"
import {picturesOf, pictureMenu} from "./pictures.js"
import {Stops, oncePerFrame} from "./stops.js"
import {stringify} from "../net/json.js"

const PAGE = 40

export class Gallery {
  #stops = new Stops()
  /** @type {{id: string, pictures: Picture[]}[]} */
  #jobs = []
  #open = false
  #more = false
  #asked = 0

  /** @param {App} app */
  constructor(app) {
    const {t} = app
    this.app = app
    /** @type {Picture[]} two of these are compared */
    this.chosen = []
    this.grid = h("ul", {class: "grid"})
    this.none = h("p", {class: "none", hidden: true}, t("gallery.none"))
    this.older = wordButton(t("gallery.older"), () => this.#load(this.#jobs.length),
      {class: "older", hidden: true})
    this.compare = wordButton(t("gallery.compare"),
      () => app.ui.compare(this.chosen[0], this.chosen[1]),
      {class: "small", drawn: "compare", hidden: true})
    this.element = h("div", {class: "gallery"},
      h("div", {class: "gallery-head"},
        h("span", {class: "muted"}, t("gallery.hint")), this.compare),
      this.none, this.grid, this.older)
    const again = oncePerFrame(() => this.#open && this.#load(0))
    let newest = ""
    this.#stops.add(app.run.on(what => {
      const last = app.run.ended[0]?.id ?? ""
      if (!what.queue || last === newest) return
      newest = last
      again()
    }))
  }

  opened() {
    this.#open = true
    this.#load(0)
  }

  closed() {
    this.#open = false
  }

  /** @param {number} offset */
  async #load(offset) {
    const asked = ++this.#asked
    try {
      const query = `status=completed&limit=${PAGE}&offset=${offset}`
      const said = await this.app.api.get(`/jobs?${query}`)
      const jobs = await Promise.all(said.jobs.map((/** @type {Json} */ job) => this.#job(job)))
      if (asked !== this.#asked) return
      this.#jobs = offset ? [...this.#jobs, ...jobs] : jobs
      this.#more = said.pagination.has_more
      this.draw()
    } catch (error) {
      if (asked !== this.#asked) return
      fill(this.grid, [])
      this.none.hidden = false
      this.none.textContent = /** @type {Error} */ (error).message
    }
  }

  /** A job's pictures; those of several are asked for one by one.
   * @param {Json} job @returns {Promise<{id: string, pictures: Picture[]}>} */
  async #job(job) {
    const known = this.#jobs.find(one => one.id === job.id)
      ?? this.app.run.ended.find(one => one.id === job.id && one.pictures.length > 0)
    if (known) return {id: known.id, pictures: known.pictures}
    if (job.outputs_count <= 1) {
      return {id: job.id, pictures: job.preview_output ? picturesOf([job.preview_output]) : []}
    }
    const whole = await this.app.api.get(`/jobs/${encodeURIComponent(job.id)}`)
    const shown = /** @type {Json[]} */ (Object.values(whole.outputs ?? {}))
    return {id: job.id, pictures: picturesOf(shown.flatMap(output => output?.images ?? []))}
  }

  draw() {
    const {t} = this.app
    const all = this.#jobs.flatMap(job => job.pictures)
    this.chosen = this.chosen.filter(one => all.includes(one))
    this.none.textContent = t("gallery.none")
    this.none.hidden = all.length > 0
    this.older.hidden = !this.#more
    this.compare.hidden = this.chosen.length !== 2
    fill(this.grid, all.map((picture, index) => this.#tile(all, picture, index)))
  }

  /** @param {Picture[]} all @param {Picture} picture @param {number} index
   * @returns {HTMLElement} */
  #tile(all, picture, index) {
    const {app} = this
    const chosen = this.chosen.includes(picture)
    return h("li", null, h("button", {class: `tile${chosen ? " chosen" : ""}`, type: "button",
      draggable: "true", "aria-label": app.t("gallery.picture", {name: picture.filename}),
      title: picture.filename, "aria-pressed": chosen,
      onclick: (/** @type {MouseEvent} */ event) => this.#press(event, all, index),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      ondragstart: (/** @type {DragEvent} */ event) => {
        event.dataTransfer?.setData(DRAGS.picture, stringify(picture))
      },
      oncontextmenu: (/** @type {MouseEvent} */ event) => {
        event.preventDefault()
        app.ui.menu({x: event.clientX, y: event.clientY}, [...pictureMenu(app, all, index),
          {title: app.t(chosen ? "gallery.unmark" : "gallery.mark"), icon: "compare", line: true,
            run: () => this.#choose(picture)}])
      }},
    h("img", {src: app.api.view(picture, {preview: true, size: 256}), alt: "", loading: "lazy",
      decoding: "async"})))
  }

  /** @param {MouseEvent} event @param {Picture[]} all @param {number} index */
  #press(event, all, index) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) this.#choose(all[index])
    else this.app.ui.lightbox(all, index)
  }

  /** @param {Picture} picture */
  #choose(picture) {
    const had = this.chosen.includes(picture)
    this.chosen = had ? this.chosen.filter(one => one !== picture)
      : [...this.chosen.slice(-1), picture]
    this.draw()
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: 2, ArrowUp: -2}[event.key]
    if (!step) return
    const tiles = [...this.grid.querySelectorAll("button")]
    tiles[tiles.indexOf(/** @type {HTMLButtonElement} */ (event.currentTarget)) + step]?.focus()
    event.preventDefault()
  }

  end() {
    this.#stops.end()
  }
}
