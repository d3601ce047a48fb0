// @ts-check
/** Short messages at the edge of the page. What went wrong stays until it is read. */

/** @import {Translate} from "../types.js" */

import {icon} from "../icons/icons.js"
import {h} from "./dom.js"

const STAYS = 5000
const MOST = 4

export class Toasts {
  /** @param {Translate} t */
  constructor(t) {
    this.t = t
    this.element = h("div", {class: "toasts", role: "log", "aria-live": "polite",
      "aria-label": t("toast.label")})
  }

  /** @param {string} text @param {"plain" | "good" | "bad"} [kind]
   * @param {{title: string, run: () => void}} [action] */
  show(text, kind = "plain", action) {
    const same = [...this.element.children].find(one => one.getAttribute("data-text") === text)
    same?.remove()
    const close = () => toast.remove()
    const mark = {plain: "info", good: "check", bad: "warning"}[kind]
    const toast = h("div", {class: `toast ${kind}`, "data-text": text,
      role: kind === "bad" ? "alert" : "status"},
    icon(mark, 16),
    h("span", {class: "toast-text"}, text),
    action ? h("button", {class: "button small", type: "button", onclick: () => {
      close()
      action.run()
    }}, action.title) : null,
    h("button", {class: "button only small", type: "button", "aria-label": this.t("dialog.close"),
      onclick: close}, icon("close", 14)))
    this.element.append(toast)
    if (this.element.children.length > MOST) this.element.firstElementChild?.remove()
    if (kind !== "bad") this.#fade(toast, close)
  }

  /** Gone after a while, but not under the mouse.
   * @param {HTMLElement} toast @param {() => void} close */
  #fade(toast, close) {
    let timer = setTimeout(close, STAYS)
    toast.addEventListener("pointerenter", () => clearTimeout(timer))
    toast.addEventListener("pointerleave", () => {
      timer = setTimeout(close, STAYS / 2)
    })
  }
}
