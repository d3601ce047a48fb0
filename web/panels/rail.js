// @ts-check
/** The rail at the left, a bar at the bottom of a phone: what can be opened. */

/** @import {App} from "../types.js" */

import {iconButton} from "./buttons.js"
import {h} from "./dom.js"
import {keysNamed} from "./keys_shown.js"

/** Its buttons: name of the panel, icon, the command that does the same. */
const BUTTONS = [
  ["add", "add", "edit.add"],
  ["workflows", "folder", "panel.workflows"],
  ["gallery", "picture", "panel.gallery"],
  ["models", "cube", "panel.models"],
  ["help", "help", "panel.help"],
]

export class Rail {
  /** @param {App} app @param {() => void} add */
  constructor(app, add) {
    const {t} = app
    /** @type {Map<string, HTMLElement>} */
    this.buttons = new Map()
    this.element = h("nav", {class: "rail", "aria-label": t("rail.label"),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event)})
    for (const [name, drawn, command] of BUTTONS) {
      const [keys] = app.commands.keysOf(command)
      const title = t(name === "add" ? "rail.add" : `panel.${name}`)
      const button = iconButton(drawn, title, () => name === "add" ? add() : app.ui.panel(name),
        {class: "", title: keys ? `${title}  ${keysNamed(keys)}` : title})
      this.buttons.set(name, button)
      this.element.append(button)
    }
    const queue = iconButton("list", t("panel.queue"), () => app.ui.panel("queue"),
      {class: "rail-queue"})
    this.buttons.set("queue", queue)
    this.element.append(queue)
  }

  /** Show which are open. @param {Set<string>} open */
  mark(open) {
    for (const [name, button] of this.buttons) {
      if (name === "add" || name === "help") continue
      button.setAttribute("aria-expanded", String(open.has(name)))
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = {ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1}[event.key]
    if (!step) return
    const all = [...this.buttons.values()].filter(one => one.offsetParent !== null)
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement))
    all[(at + step + all.length) % all.length]?.focus()
    event.preventDefault()
  }
}
