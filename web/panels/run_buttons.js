// @ts-check
/** Run with its options; Stop and how much is to come, while something runs or waits. */

/** @import {App} from "../types.js" */

import {icon} from "../icons/icons.js"
import {fill, h} from "./dom.js"
import {float, place} from "./floating.js"
import {keysShown} from "./keys_shown.js"
import {Stops} from "./stops.js"

const MOST = 1000  // runs at once

export class RunButtons {
  #stops = new Stops()

  /** @param {App} app @param {HTMLElement} host */
  constructor(app, host) {
    const {t} = app
    this.app = app
    this.host = host
    this.worker = h("span", {class: "run-worker cut", role: "status"})
    this.stop = h("button", {class: "button run-stop", type: "button", hidden: true,
      onclick: () => this.#stop()})
    this.label = h("span", {class: "run-label"})
    this.run = h("button", {class: "button primary run-run", type: "button",
      onclick: () => app.queue({count: this.count})}, this.label, this.#keys())
    this.more = h("button", {class: "button primary run-more", type: "button",
      "aria-label": t("run.options"), title: t("run.options"), "aria-haspopup": "dialog",
      "aria-expanded": false, onclick: () => this.#options()}, icon("down", 14))
    this.element = h("div", {class: "run"}, this.worker, this.stop,
      h("div", {class: "run-pair"}, this.run, this.more))
    this.#stops.add(
      app.run.on(what => {
        if (what.queue || what.worker) this.draw()
      }),
      app.settings.on(id => {
        if (id.startsWith("run.")) this.draw()
      }),
      app.commands.on(() => this.draw()))
    this.draw()
  }

  /** @returns {HTMLElement | null} */
  #keys() {
    const [keys] = this.app.commands.keysOf("run.queue")
    return keys ? keysShown(keys) : null
  }

  get count() {
    const set = Number(this.app.settings.get("run.count"))
    return Number.isInteger(set) ? Math.min(Math.max(set, 1), MOST) : 1
  }

  draw() {
    const {t, run, settings} = this.app
    const busy = run.running.length + run.waiting.length
    const auto = Boolean(settings.get("run.onChange"))
    this.label.textContent = this.count > 1 ? t("run.times", {n: this.count}) : t("run.run")
    this.run.classList.toggle("auto", auto)
    this.run.title = auto ? t("run.auto") : ""
    this.stop.hidden = busy === 0
    this.stop.title = t("run.stop.more", {n: busy})
    fill(this.stop, [icon("stop", 15), h("span", {class: "run-word"}, t("run.stop")),
      h("span", {class: "run-count", "aria-label": t("run.busy", {n: busy})}, busy)])
    this.#worker(busy)
  }

  /** Said where a run has to wait for it. @param {number} busy */
  #worker(busy) {
    const {t, run: {worker, paused}} = this.app
    const text = worker.state === "ready" ? (paused && busy ? t("run.paused") : "")
      : worker.text || t(`run.worker.${worker.state}`)
    this.worker.textContent = text
    this.worker.title = text
    this.worker.classList.toggle("bad", worker.state === "down" || worker.state === "lost")
    this.worker.classList.toggle("waits", worker.state === "starting")
  }

  /** What runs is stopped; with nothing running, what waits is taken out. */
  async #stop() {
    const {api, run, ui} = this.app
    try {
      if (run.running.length) await api.post("/interrupt", {})
      else await api.post("/queue", {clear: true})
    } catch (error) {
      ui.toast(/** @type {Error} */ (error).message, "bad")
    }
  }

  #options() {
    const {app, more} = this
    const {t, settings} = app
    if (more.getAttribute("aria-expanded") === "true") return
    const count = h("input", {class: "field run-number", type: "number", min: 1, max: MOST,
      value: String(this.count), oninput: () => {
        const given = Number(count.value)
        if (Number.isInteger(given) && given >= 1) settings.set("run.count", Math.min(given, MOST))
      }})
    const auto = h("input", {class: "switch", type: "checkbox", role: "switch",
      checked: Boolean(settings.get("run.onChange")),
      onchange: () => settings.set("run.onChange", auto.checked)})
    const box = h("div", {class: "popover", role: "dialog", "aria-label": t("run.options")},
      h("label", {class: "pair"}, h("span", null, t("run.count")), count),
      h("label", {class: "pair"}, h("span", null, t("run.onChange")), auto),
      h("hr", {class: "menu-line"}),
      this.#way(t("run.front"), "run.front", () => app.queue({front: true, count: this.count})),
      this.#way(t("run.selected"), "run.selection", () => app.queue({targets: this.selected()}),
        this.selected().length === 0))
    more.setAttribute("aria-expanded", "true")
    this.close = float(this.host, box, {owner: more, closed: () => {
      more.setAttribute("aria-expanded", "false")
    }})
    const {right, bottom} = more.getBoundingClientRect()
    place(box, {x: right - box.offsetWidth, y: bottom + 6})
    count.focus()
    count.select()
  }

  /** @param {string} title @param {string} id @param {() => void} run @param {boolean} [off] */
  #way(title, id, run, off = false) {
    const [keys] = this.app.commands.keysOf(id)
    return h("button", {class: "menu-item", type: "button", disabled: off, onclick: () => {
      this.close?.()
      run()
    }}, h("span", {class: "menu-title"}, title), keys ? keysShown(keys) : null)
  }

  /** Nodes that are selected, by the ids under which they run. @returns {string[]} */
  selected() {
    const {selection, instances} = this.app.session
    const nodes = [...selection].filter(key => key.startsWith("nodes/"))
    return nodes.map(key => [...instances, key.slice("nodes/".length)].join(":"))
  }

  end() {
    this.#stops.end()
  }
}
