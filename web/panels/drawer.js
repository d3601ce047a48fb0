// @ts-check
/** The drawer beside the rail: one of workflows, library, models, versions, or a node's info. */

/** @import {Section} from "./panel.js" */
/** @import {Translate} from "../types.js" */

import {iconButton} from "./buttons.js"
import {fill, freshId, h} from "./dom.js"

export class Drawer {
  /** @type {string | null} */
  shown = null

  /** @param {Translate} t @param {Map<string, Section>} sections  by name
   * @param {() => void} changed */
  constructor(t, sections, changed) {
    const id = freshId()
    this.t = t
    this.sections = sections
    this.changed = changed
    this.title = h("h2", {class: "drawer-title", id})
    this.body = h("div", {class: "drawer-body"})
    this.element = h("section", {class: "drawer", "aria-labelledby": id, hidden: true,
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Escape") return
        event.stopPropagation()
        this.hide()
      }},
    h("header", {class: "drawer-head"}, this.title,
      iconButton("close", t("panel.close"), () => this.hide())),
    this.body)
  }

  /** @param {string} name */
  show(name) {
    const section = this.sections.get(name)
    if (!section || this.shown === name) return
    if (this.shown) this.sections.get(this.shown)?.closed()
    this.shown = name
    this.title.textContent = this.t(`panel.${name}`)
    fill(this.body, [section.element])
    this.element.hidden = false
    section.opened()
    this.changed()
  }

  hide() {
    if (!this.shown) return
    this.sections.get(this.shown)?.closed()
    this.shown = null
    this.element.hidden = true
    this.changed()
  }

  end() {
    for (const section of this.sections.values()) section.end()
  }
}
