// @ts-check
/** The panel at the right, a sheet from below on a phone: Queue, Gallery, Problems. */

/** @import {App} from "../types.js" */
/** One of its parts. @typedef {{element: HTMLElement, opened: () => void, closed: () => void,
 *   end: () => void}} Section */

import {iconButton} from "./buttons.js"
import {freshId, h} from "./dom.js"

/** @typedef {"queue" | "gallery" | "problems"} PanelName */
/** @type {PanelName[]} */
export const NAMES = ["queue", "gallery", "problems"]

export class Panel {
  /** @type {PanelName | null} */
  shown = null
  /** @type {PanelName} */
  last = "queue"

  /** @param {App} app @param {Record<PanelName, Section>} sections
   * @param {(name: PanelName | null) => void} changed */
  constructor(app, sections, changed) {
    const {t} = app
    this.sections = sections
    this.changed = changed
    const ids = Object.fromEntries(NAMES.map(name => [name, freshId()]))
    this.marks = {problems: h("span", {class: "tab-mark", hidden: true})}
    this.tabs = NAMES.map(name => h("button", {class: "panel-tab", type: "button", role: "tab",
      id: ids[name], "data-name": name, "aria-selected": false, tabindex: "-1",
      "aria-controls": `${ids[name]}-body`, onclick: () => this.show(name),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event)},
    t(`panel.${name}`), " ", name === "problems" ? this.marks.problems : null))
    this.bodies = NAMES.map(name => h("div", {class: "panel-body scrolls", role: "tabpanel",
      id: `${ids[name]}-body`, "aria-labelledby": ids[name], hidden: true}, sections[name].element))
    this.element = h("aside", {class: "panel", "aria-label": t("panel.label"), hidden: true},
      h("div", {class: "panel-head"},
        h("div", {class: "panel-tabs", role: "tablist"}, this.tabs),
        iconButton("close", t("panel.close"), () => this.hide())),
      ...this.bodies)
  }

  /** @param {PanelName} name */
  show(name) {
    if (this.shown === name) return
    if (this.shown) this.sections[this.shown].closed()
    this.shown = this.last = name
    this.element.hidden = false
    NAMES.forEach((one, index) => {
      const on = one === name
      this.tabs[index].setAttribute("aria-selected", String(on))
      this.tabs[index].tabIndex = on ? 0 : -1
      this.bodies[index].hidden = !on
    })
    this.sections[name].opened()
    this.changed(name)
  }

  hide() {
    if (!this.shown) return
    const had = this.element.contains(document.activeElement)
    this.sections[this.shown].closed()
    this.shown = null
    this.element.hidden = true
    if (had) /** @type {HTMLElement} */ (document.activeElement)?.blur()
    this.changed(null)
  }

  /** @param {number} count */
  markProblems(count) {
    this.marks.problems.hidden = count === 0
    this.marks.problems.textContent = String(count)
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key]
    if (!step || !this.shown) return
    const at = (NAMES.indexOf(this.shown) + step + NAMES.length) % NAMES.length
    this.show(NAMES[at])
    this.tabs[at].focus()
    event.preventDefault()
  }

  end() {
    for (const name of NAMES) this.sections[name].end()
  }
}
