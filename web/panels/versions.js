// @ts-check
/** Earlier states of a workflow: what was different, to look at, and to go back to. */

/** @import {App, Graph} from "../types.js" */

import {icon} from "../icons/icons.js"
import {moment, size} from "./amounts.js"
import {addressOf, graphOf, trying} from "./documents.js"
import {wordButton} from "./buttons.js"
import {fill, h} from "./dom.js"
import {sketchOf} from "./sketch.js"
import {opsBetween, toldBetween} from "../document/between.js"

/** @typedef {{version: number, rev: number, time: number, size: number}} Version */

export class Versions {
  /** @param {App} app @param {{name: string | null}} asked  whose, if not of the one shown */
  constructor(app, asked) {
    this.app = app
    this.asked = asked
    this.title = h("p", {class: "drawer-note muted"})
    this.list = h("div", {class: "drawer-list scrolls"})
    this.about = h("div", {class: "drawer-about scrolls", hidden: true})
    this.element = h("div", {class: "drawer-parts"}, this.title, this.list, this.about)
  }

  opened() {
    this.show(this.asked.name ?? this.app.tabs.active.name)
  }

  closed() {
    this.asked.name = null
  }

  end() {}

  /** @param {string} name */
  async show(name) {
    const {app} = this
    const {t} = app
    this.about.hidden = true
    this.title.textContent = t("versions.of", {name})
    await trying(app, async () => {
      /** @type {Version[]} */
      const all = await app.api.get(`${addressOf(name)}/versions`)
      fill(this.list, all.length ? all.map(one => this.#row(name, one))
        : [h("p", {class: "none"}, t("versions.none"))])
    })
  }

  /** @param {string} name @param {Version} one @returns {HTMLElement} */
  #row(name, one) {
    const {t} = this.app
    const language = document.documentElement.lang || "en"
    const row = h("button", {class: "leaf", type: "button", onclick: () => {
      for (const other of this.list.querySelectorAll(".active")) other.classList.remove("active")
      row.classList.add("active")
      this.#look(name, one)
    }}, icon("clock", 15), h("span", {class: "cut"}, moment(one.time, Date.now(), t, language)),
    h("span", {class: "faint leaf-end"}, size(one.size)))
    row.title = new Date(one.time).toLocaleString(language)
    return row
  }

  /** @param {string} name @param {Version} one */
  async #look(name, one) {
    const {app} = this
    const {t} = app
    await trying(app, async () => {
      const path = `${addressOf(name)}/versions/${one.version}`
      /** @type {[Graph, Graph]} */
      const [then, now] = await Promise.all([app.api.get(path), graphOf(app, name)])
      const {added, removed, changed} = toldBetween(now, then)
      const told = [
        added && t("versions.more", {n: added}), removed && t("versions.less", {n: removed}),
        changed && t("versions.other", {n: changed}),
      ].filter(Boolean)
      this.about.hidden = false
      fill(this.about, [h("div", {class: "info"},
        h("h3", {class: "info-title"},
          new Date(one.time).toLocaleString(document.documentElement.lang || "en")),
        h("p", {class: "muted"}, told.length ? told.join(t("comma")) : t("versions.same")),
        sketchOf(then, now),
        h("p", {class: "row-ways"},
          wordButton(t("versions.back"), () => this.#goBack(name, then),
            {class: "primary small", disabled: !told.length}),
          wordButton(t("versions.copy"), () => this.#copy(name, then), {class: "small"})))])
    })
  }

  /** @param {string} name @param {Graph} then */
  #copy(name, then) {
    return trying(this.app, () => this.app.tabs.open(name, {graph: then}))
  }

  /** One edit, which undo takes back. @param {string} name @param {Graph} then */
  async #goBack(name, then) {
    const {app} = this
    await trying(app, async () => {
      await app.tabs.open(name)
      const {store} = app.tabs.active
      const why = store.edit(opsBetween(store.graph, then))
      if (why) throw new Error(why)
      app.ui.toast(app.t("versions.done"), "good")
      await this.show(name)
    })
  }
}
