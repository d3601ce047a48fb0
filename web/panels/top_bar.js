// @ts-check
/** The bar at the top: what is open, whether it is saved, who is here, and Run. */

/** @import {App, MenuItem} from "../types.js" */

import {icon} from "../icons/icons.js"
import {iconButton, wordButton} from "./buttons.js"
import {fill, h} from "./dom.js"
import {renameHere} from "./documents.js"
import {menuUnder} from "./menu.js"
import {RunButtons} from "./run_buttons.js"
import {Stops, oncePerFrame} from "./stops.js"
import {parted} from "./tree.js"
import {later} from "../tools/later.js"

const SHARE = later(() => import("./share.js"))
const FACES = 4  // people that are shown

export class TopBar {
  #stops = new Stops()
  #drawn = ""

  /** @param {App} app @param {HTMLElement} host  where menus are put
   * @param {{togglePanel: () => void}} ways */
  constructor(app, host, ways) {
    const {t} = app
    this.app = app
    this.host = host
    this.run = new RunButtons(app, host)
    this.tabs = h("div", {class: "tabs", role: "tablist", "aria-label": t("bar.documents")})
    this.state = h("span", {class: "bar-state cut", role: "status"})
    this.faces = h("ul", {class: "faces", "aria-label": t("bar.people")})
    this.panel = iconButton("list", t("bar.panel"), ways.togglePanel, {class: "bar-panel"})
    this.element = h("header", {class: "bar"},
      h("button", {class: "mark", type: "button", "aria-label": t("bar.menu"), title: t("bar.menu"),
        "aria-haspopup": "menu", onclick: (/** @type {Event} */ event) => this.#menu(event)},
      icon("easel", 20)),
      this.tabs,
      iconButton("add", t("bar.new"), () => app.ui.panel("workflows", true),
        {class: "small bar-new"}),
      this.state,
      h("span", {class: "bar-room"}),
      this.faces,
      wordButton(t("bar.share"), () => this.#share(), {class: "bar-share"}),
      this.panel,
      this.run.element)
    this.#follow()
  }

  #follow() {
    const {session} = this.app
    this.#stops.add(session.on(names => {
      if (names.has("peers")) this.#people()
    }), () => this.run.end())
    this.#stops.shown(this.app, oncePerFrame(() => this.draw()))
    this.draw()
    this.#people()
  }

  draw() {
    const {app} = this
    this.#state()
    const {active, tabs} = app.tabs
    const drawn = tabs.map(tab => `${tab.name}\t${tab === active}\t${tab.unsaved}`).join("\n")
    if (drawn === this.#drawn || this.tabs.querySelector("input")) return
    this.#drawn = drawn
    fill(this.tabs, tabs.map(tab => this.#tab(tab.name)))
  }

  /** @param {string} name @returns {HTMLElement} */
  #tab(name) {
    const {app} = this
    const active = name === app.tabs.active.name
    const many = app.tabs.tabs.length > 1
    const tab = app.tabs.tabs.find(one => one.name === name)
    const button = h("button", {class: "tab-name cut", type: "button", role: "tab",
      "aria-selected": active, tabindex: active ? "0" : "-1", title: name,
      onclick: () => active ? this.#rename(holder, name) : app.tabs.show(name),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event, name)},
    parted(name).last)
    const holder = h("div", {class: `tab${active ? " active" : ""}`, role: "presentation",
      onauxclick: (/** @type {MouseEvent} */ event) => event.button === 1 && app.tabs.close(name)},
    button,
    tab?.unsaved && !active ? h("span", {class: "tab-unsaved", title: app.t("bar.unsaved")}) : null,
    many ? h("button", {class: "tab-close", type: "button", tabindex: active ? "0" : "-1",
      "aria-label": app.t("bar.close", {name}), title: app.t("bar.close", {name}),
      onclick: () => app.tabs.close(name)}, icon("close", 12)) : null)
    return holder
  }

  /** @param {KeyboardEvent} event @param {string} name */
  #key(event, name) {
    const {tabs} = this.app.tabs
    const at = tabs.findIndex(tab => tab.name === name)
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key]
    if (event.key === "Delete" && tabs.length > 1) this.app.tabs.close(name)
    else if (step && tabs.length > 1) {
      this.app.tabs.show(tabs[(at + step + tabs.length) % tabs.length].name)
      this.draw()
      const shown = this.tabs.querySelector("[aria-selected='true']")
      if (shown instanceof HTMLElement) shown.focus()
    } else return
    event.preventDefault()
  }

  /** The name becomes a field. @param {HTMLElement} holder @param {string} name */
  #rename(holder, name) {
    const {folder, last} = parted(name)
    let done = false
    const end = async (/** @type {boolean} */ keep) => {
      if (done) return
      done = true
      const given = field.value.trim()
      field.remove()
      this.#drawn = ""
      const to = given.includes("/") || !folder ? given : `${folder}/${given}`
      if (keep && given && given !== last) await renameHere(this.app, name, to)
      this.draw()
    }
    const field = h("input", {class: "field tab-field", type: "text", value: last,
      "aria-label": this.app.t("bar.rename"), spellcheck: "false",
      onblur: () => end(true),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        event.stopPropagation()
        if (event.key === "Enter") end(true)
        if (event.key === "Escape") end(false)
      }})
    fill(holder, [field])
    field.focus()
    field.select()
  }

  #state() {
    const {t, tabs} = this.app
    const tab = tabs.active
    const key = !tab.online ? "bar.offline" : tab.store.settled ? "bar.saved" : "bar.saving"
    if (this.state.textContent === t(key)) return  // a word said again is read out again
    this.state.textContent = t(key)
    this.state.classList.toggle("bad", !tab.online)
    this.state.title = tab.online ? "" : t("bar.offline.more")
  }

  #people() {
    const peers = [...this.app.session.peers.values()]
    const more = peers.length - FACES
    fill(this.faces, [
      ...peers.slice(0, FACES).map(({name, colour}) =>
        h("li", {class: "face", title: name, "aria-label": name,
          style: {background: `color-mix(in srgb, ${colour} 80%, #000)`}},
        [...name.trim()][0]?.toUpperCase() ?? "?")),
      more > 0 ? h("li", {class: "face more"}, `+${more}`) : null,
    ])
  }

  /** @param {Event} event */
  #menu(event) {
    const {app} = this
    const {t, ui, commands} = app
    /** @param {string} name @param {string} drawn @returns {MenuItem} */
    const panel = (name, drawn) =>
      ({title: t(`panel.${name}`), icon: drawn, run: () => ui.panel(name, true)})
    const [palette] = commands.keysOf("view.palette")
    const open = app.tabs.tabs.length < 2 ? [] : app.tabs.tabs.map(({name}, index) => ({
      title: name, checked: name === app.tabs.active.name, line: index === 0,
      run: () => app.tabs.show(name),
    }))
    const items = [
      panel("workflows", "folder"), panel("versions", "history"),
      {title: t("bar.share.link"), icon: "link", run: () => this.#share()},
      ...open,
      {...panel("queue", "list"), line: true}, panel("gallery", "picture"),
      panel("problems", "warning"), panel("log", "log"),
      {title: t("palette.title"), icon: "search", keys: palette, line: true,
        run: () => ui.palette()},
      panel("settings", "gear"), panel("help", "help"),
    ]
    menuUnder(this.host, /** @type {HTMLElement} */ (event.currentTarget), items, t("bar.menu"))
  }

  #share() {
    SHARE(this.app, part => part.share(this.app))
  }

  end() {
    this.#stops.end()
  }
}
