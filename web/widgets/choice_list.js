// @ts-check
/** A list to choose from: a search field over rows grouped by folder, of which only those in sight
 * are made. Knows options and how a picture of one is found; not what becomes of the choice. */

/** @import {Json, Translate} from "../types.js" */
/** @import {Option, Row} from "./options.js" */
import {fill, freshId, h} from "../panels/dom.js"
import {icon} from "../icons/icons.js"
import {found, isOption, rowsOf} from "./options.js"

const SPARE = 6 // rows made beyond those in sight

/** picture: the address of a thumbnail, "" for none; tall: rows with room for one.
 * @typedef {{t: Translate, label: string, options: Option[], chosen: Json, tall: boolean,
 *   picture: (option: Option) => string, take: (value: Json) => void}} Choosing */

export class ChoiceList {
  /** @type {Row[]} */
  #rows = []
  #at = -1
  #id = freshId()
  /** @type {Set<string>} */
  #without = new Set()

  /** @param {Choosing} choosing */
  constructor(choosing) {
    this.choosing = choosing
    const {t, label} = choosing
    this.field = h("input", {
      class: "widget-search", type: "text", role: "combobox", autocomplete: "off",
      spellcheck: "false", "aria-label": t("widget.search", {name: label}), "aria-expanded": true,
      "aria-controls": this.#id, "aria-autocomplete": "list",
      placeholder: t("widget.search", {name: label}),
      oninput: () => this.#find(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    })
    this.inside = h("div", {class: "choice-inside"})
    this.scroller = h("div", {
      class: "choice-scroller", role: "listbox", id: this.#id, "aria-label": label, tabindex: "-1",
      onscroll: () => this.#draw(),
    }, this.inside)
    this.element = h("div", {class: "widget-popover choice"},
      h("div", {class: "choice-top"}, icon("search", 15), this.field), this.scroller)
    this.#find()
  }

  get height() {
    return this.choosing.tall ? 52 : matchMedia("(pointer: coarse)").matches ? 40 : 28
  }

  /** Show the chosen one; once the list is on the page. */
  opened() {
    this.#draw()
    this.#reveal(true)
  }

  /** Other options, or pictures that are known now. @param {Partial<Choosing>} part */
  give(part) {
    Object.assign(this.choosing, part)
    this.#find()
    this.#reveal(true)
  }

  #find() {
    const {options, chosen} = this.choosing, typed = this.field.value
    const fit = found(options, typed)
    this.#rows = typed.trim() ? fit : rowsOf(fit)
    const held = this.#rows.findIndex(row => isOption(row) && row.value === chosen)
    this.#at = typed.trim() || held < 0 ? this.#rows.findIndex(isOption) : held
    this.#draw()
    this.#reveal()
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.height) - 1)
    /** @type {Record<string, number>} */
    const ways = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page}
    if (event.key === "Enter") this.#take(this.#at)
    else if (event.key in ways) this.#go(ways[event.key])
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  /** Some options on. At an end it stays; one step beyond goes round.
   * @param {number} steps */
  #go(steps) {
    const all = this.#rows.flatMap((row, index) => (isOption(row) ? [index] : []))
    if (!all.length) return
    const now = all.indexOf(this.#at)
    const round = Math.abs(steps) === 1 ? (now + steps + all.length) % all.length : now + steps
    this.#at = all[Math.max(0, Math.min(all.length - 1, round))]
    this.#reveal()
    this.#draw()
  }

  /** @param {number} index */
  #take(index) {
    const row = this.#rows[index]
    if (row && isOption(row)) this.choosing.take(row.value)
  }

  /** Bring the current row into sight. @param {boolean} [middle] */
  #reveal(middle = false) {
    const {scroller, height} = this, room = scroller.clientHeight, top = this.#at * height
    if (middle) scroller.scrollTop = top - room / 2
    else if (top < scroller.scrollTop) scroller.scrollTop = this.#at === 1 ? 0 : top
    else if (top + height > scroller.scrollTop + room) scroller.scrollTop = top + height - room
  }

  #draw() {
    const {scroller, height} = this
    const from = Math.max(0, Math.floor(scroller.scrollTop / height) - SPARE)
    const to = Math.ceil((scroller.scrollTop + (scroller.clientHeight || 400)) / height) + SPARE
    this.inside.style.height = `${Math.max(1, this.#rows.length) * height}px`
    const rows = this.#rows.slice(from, to).map((row, index) => this.#row(row, from + index))
    const none = h("div", {class: "choice-none"}, this.choosing.t("widget.none"))
    fill(this.inside, rows.length ? rows : [none])
    const active = this.#at < 0 ? "" : `${this.#id}-${this.#at}`
    this.field.setAttribute("aria-activedescendant", active)
  }

  /** @param {Row} row @param {number} index @returns {HTMLElement} */
  #row(row, index) {
    const style = {top: `${index * this.height}px`, height: `${this.height}px`}
    if (!isOption(row)) {
      return h("div", {class: "choice-folder", style, role: "presentation"}, row.folder,
        h("span", {class: "widget-faint"}, String(row.count)))
    }
    const held = row.value === this.choosing.chosen
    return h("div", {
      class: "choice-row", style, role: "option", id: `${this.#id}-${index}`, title: row.text,
      "aria-selected": index === this.#at, "aria-setsize": this.#rows.length,
      "aria-posinset": index + 1,
      onclick: () => this.#take(index), onpointermove: () => this.#hover(index),
    }, this.choosing.tall && this.#thumbnail(row), h("span", {class: "choice-title"}, row.title),
    held && icon("check", 15))
  }

  /** @param {Option} row @returns {HTMLElement} */
  #thumbnail(row) {
    const src = this.choosing.picture(row), place = h("span", {class: "choice-picture"})
    if (!src || this.#without.has(src)) return place
    const seen = h("img", {src, alt: "", loading: "lazy", decoding: "async", onerror: () => {
      this.#without.add(src)
      seen.remove()
    }})
    place.append(seen)
    return place
  }

  /** @param {number} index */
  #hover(index) {
    if (index === this.#at) return
    this.#at = index
    this.#draw()
  }
}
