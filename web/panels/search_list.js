// @ts-check
/** A search field with the list of what it finds under it: the keyboard stays in the field. */

/** @import {Part} from "./dom.js" */

import {icon} from "../icons/icons.js"
import {fill, freshId, h} from "./dom.js"

const MOST = 120  // rows that are shown

/** One thing that was found. at: letters of the title that were searched for.
 * @typedef {{title: string, at?: number[], detail?: string, end?: Part, start?: Part,
 *   choose: () => void, thing?: unknown}} Row */

export class SearchList {
  /** @type {Row[]} */
  rows = []
  active = -1

  /** @param {{label: string, nothing: string, find: (search: string) => Row[],
   *   looked?: (row: Row | null) => void}} told
   *   nothing: said when nothing is found; looked: a row is under the mouse or the arrow keys */
  constructor({label, nothing, find, looked = () => {}}) {
    this.nothing = nothing
    this.find = find
    this.looked = looked
    this.id = freshId()
    this.list = h("ul", {class: "found scrolls", role: "listbox", id: this.id, "aria-label": label})
    this.field = h("input", {class: "search-field", type: "text", role: "combobox",
      placeholder: label, "aria-label": label, "aria-expanded": true, "aria-controls": this.id,
      "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
      oninput: () => this.search(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event)})
    this.element = h("div", {class: "search"},
      h("label", {class: "search-head"}, icon("search", 16), this.field), this.list)
  }

  /** Look again for what is in the field. */
  search() {
    this.rows = this.find(this.field.value).slice(0, MOST)
    this.active = -1
    fill(this.list, this.rows.length
      ? this.rows.map((row, index) => this.#line(row, index))
      : [h("li", {class: "found-none", role: "presentation"}, this.nothing)])
    this.look(this.rows.length ? 0 : -1)
    this.list.scrollTop = 0
  }

  /** @param {Row} row @param {number} index @returns {HTMLElement} */
  #line(row, index) {
    return h("li", {class: "found-row", role: "option", id: `${this.id}-${index}`,
      "aria-selected": false,
      onpointermove: () => this.active !== index && this.look(index),
      onclick: () => row.choose()},
    row.start, h("span", {class: "found-title cut"}, marked(row.title, row.at ?? [])),
    row.detail ? h("span", {class: "found-detail cut"}, row.detail) : null, row.end)
  }

  /** @param {number} index */
  look(index) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false")
    this.active = index
    const line = this.list.children[index]
    line?.setAttribute("aria-selected", "true")
    line?.scrollIntoView({block: "nearest"})
    this.field.setAttribute("aria-activedescendant", index >= 0 ? `${this.id}-${index}` : "")
    this.looked(this.rows[index] ?? null)
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const {length} = this.rows
    const to = {ArrowDown: this.active + 1, ArrowUp: this.active - 1, PageDown: this.active + 8,
      PageUp: this.active - 8}[event.key]
    if (event.isComposing || event.key === "Escape") return
    event.stopPropagation()
    if (to !== undefined && length) {
      const paged = event.key.startsWith("Page")
      this.look(paged ? Math.max(0, Math.min(length - 1, to)) : (to + length) % length)
    } else if (event.key === "Enter") this.rows[this.active]?.choose()
    else return
    event.preventDefault()
  }
}

/** A title with the letters that were searched for. @param {string} title @param {number[]} at
 * @returns {Part[]} */
export function marked(title, at) {
  const wanted = new Set(at)
  /** @type {{text: string, found: boolean}[]} */
  const pieces = []
  for (let i = 0; i < title.length; i++) {
    const found = wanted.has(i)
    const last = pieces.at(-1)
    if (last?.found === found) last.text += title[i]
    else pieces.push({text: title[i], found})
  }
  return pieces.map(({text, found}) => found ? h("mark", null, text) : text)
}
