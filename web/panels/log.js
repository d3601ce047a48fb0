// @ts-check
/** What the server writes down, memory, and what frees it. */

/** @import {App, Json} from "../types.js" */

import {size} from "./amounts.js"
import {iconButton, wordButton} from "./buttons.js"
import {fill, h} from "./dom.js"
import {copyText} from "./share.js"
import {Stops} from "./stops.js"

const EVERY = 1500

export class Log {
  #stops = new Stops()
  /** @type {string | null} */
  #last = null

  /** @param {App} app @param {() => void} close */
  constructor(app, close) {
    const {t} = app
    this.app = app
    this.lines = h("pre", {class: "log-lines scrolls", tabindex: "0", "aria-label": t("log.lines")})
    this.memory = h("span", {class: "muted cut"})
    this.element = h("section", {class: "log", "aria-label": t("panel.log"), hidden: true},
      h("header", {class: "log-head"},
        h("h2", {class: "log-title"}, t("panel.log")), this.memory, h("span", {class: "bar-room"}),
        wordButton(t("log.free"), () => app.commands.run("run.free"), {class: "small"}),
        wordButton(t("log.empty"), () => app.commands.run("run.empty"), {class: "small"}),
        iconButton("copy", t("log.copy"), () => this.#copy()),
        iconButton("close", t("panel.close"), close)),
      this.lines)
  }

  opened() {
    this.element.hidden = false
    this.#stops.timer(EVERY, () => this.#read())
    this.#stops.timer(EVERY * 4, () => this.#stats())
    this.#read()
    this.#stats()
  }

  closed() {
    this.element.hidden = true
    this.#stops.end()
  }

  end() {
    this.#stops.end()
  }

  async #read() {
    const said = await this.app.api.get("/internal/logs/raw").catch(() => null)
    /** @type {{t: string, m: string}[]} */
    const entries = said?.entries ?? []
    const text = entries.map(entry => `${clock(entry.t)}  ${entry.m}`).join("")
    if (!said || text === this.#last) return
    const {lines} = this
    const below = lines.scrollHeight - lines.scrollTop - lines.clientHeight
    const atEnd = below < 40 || this.#last === null
    this.#last = text
    lines.textContent = text || this.app.t("log.none")
    if (atEnd) lines.scrollTop = lines.scrollHeight
  }

  async #stats() {
    const {api, t} = this.app
    /** @type {Json} */
    const said = await api.get("/system_stats").catch(() => null)
    if (!said) return
    const {ram_free: free, ram_total: total} = said.system
    const cards = said.devices.filter((/** @type {Json} */ one) => one.type !== "cpu")
      .map((/** @type {Json} */ one) => t("log.card", {name: one.name, free: size(one.vram_free),
        total: size(one.vram_total)}))
    const memory = t("log.memory", {free: size(free), total: size(total)})
    fill(this.memory, [[memory, ...cards].join(" · ")])
  }

  async #copy() {
    const {t, ui} = this.app
    if (await copyText(this.#last ?? "")) ui.toast(t("log.copied"), "good")
    else ui.toast(t("log.notCopied"), "bad")
  }
}

/** The time of day of a stamp in universal time, here. @param {string} stamp @returns {string} */
function clock(stamp) {
  const date = new Date(`${stamp.slice(0, 23)}Z`)
  return Number.isNaN(date.getTime()) ? "" : date.toLocaleTimeString(undefined, {hour12: false})
}
