// @ts-check
/** How large the canvas is seen, and buttons that change it. */

/** @import {App} from "../types.js" */

import {iconButton, wordButton} from "./buttons.js"
import {h} from "./dom.js"
import {menuUnder} from "./menu.js"
import {Stops, oncePerFrame} from "./stops.js"
import {zoomAt} from "../view/camera.js"

const STEPS = [0.1, 0.25, 0.5, 1, 2]

export class ZoomBar {
  #stops = new Stops()

  /** @param {App} app @param {HTMLElement} host */
  constructor(app, host) {
    const {t, commands} = app
    this.app = app
    /** @type {(name: string, drawn: string, command: string) => HTMLElement} */
    const button = (name, drawn, command) =>
      iconButton(drawn, t(name), () => commands.run(command))
    this.percent = h("button", {class: "button quiet small zoom-percent", type: "button",
      "aria-haspopup": "menu", title: t("zoom.choose"), onclick: () => {
        menuUnder(host, this.percent, STEPS.map(zoom => ({
          title: `${zoom * 100} %`, run: () => this.#to(zoom),
        })), t("zoom.choose"))
      }})
    this.element = h("div", {class: "zoom", role: "group", "aria-label": t("zoom.label")},
      button("zoom.out", "minus", "view.zoomOut"), this.percent,
      button("zoom.in", "add", "view.zoomIn"),
      wordButton(t("zoom.fit"), () => commands.run("view.fit"), {class: "quiet small"}))
    const draw = oncePerFrame(() => this.draw())
    this.#stops.add(app.session.on(names => {
      if (names.has("camera")) draw()
    }))
    this.draw()
  }

  draw() {
    const text = `${Math.round(this.app.session.camera.zoom * 100)} %`
    if (this.percent.textContent === text) return
    this.percent.textContent = text
    this.percent.setAttribute("aria-label", this.app.t("zoom.now", {percent: text}))
  }

  /** @param {number} zoom */
  #to(zoom) {
    const {session} = this.app
    const middle = {x: session.screen.w / 2, y: session.screen.h / 2}
    session.set({camera: zoomAt(session.camera, middle, zoom / session.camera.zoom)})
  }

  end() {
    this.#stops.end()
  }
}
