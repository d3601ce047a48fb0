// @ts-check
/** The page around the canvas: makes all panels, and is what the other rooms ask for one.
 *
 * The large picture view and the mask painter live among the widgets and are handed in. */

/** @import {App, Json, MenuItem, Picture, Point, Socket, Ui} from "../types.js" */
/** @import {PanelName, Section} from "./panel.js" */
/** @import {Dialog} from "./dialogs.js" */

import {ask, confirm} from "./dialogs.js"
import {NodeDocs} from "./docs.js"
import {h} from "./dom.js"
import {Drawer} from "./drawer.js"
import {Empty} from "./empty.js"
import {LaterSection} from "./later_section.js"
import {openMenu} from "./menu.js"
import {NAMES, Panel} from "./panel.js"
import {PathBar} from "./path_bar.js"
import {Problems} from "./problems.js"
import {Queue} from "./queue.js"
import {Rail} from "./rail.js"
import {Stops} from "./stops.js"
import {Toasts} from "./toasts.js"
import {TopBar} from "./top_bar.js"
import {ZoomBar} from "./zoom_bar.js"
import {later} from "../tools/later.js"
import {toCanvas} from "../view/camera.js"

const ADD = later(() => import("./add_node.js"))
const GALLERY = later(() => import("./gallery.js"))
const HELP = later(() => import("./help.js"))
const IMPORTED = later(() => import("./imported.js"))
const INFO = later(() => import("./node_info.js"))
const LIBRARY = later(() => import("./library.js"))
const LOG = later(() => import("./log.js"))
const MODELS = later(() => import("./models.js"))
const PALETTE = later(() => import("./palette.js"))
const SETTINGS = later(() => import("./settings.js"))
const VERSIONS = later(() => import("./versions.js"))
const WORKFLOWS = later(() => import("./workflows.js"))

/** What others have made and the page only opens.
 * @typedef {Pick<Ui, "lightbox" | "compare" | "paintMask">} Lent */

/** @implements {Ui} */
export class PageUi {
  /** @type {{end: () => void}[]} */
  #parts = []
  #stops = new Stops()
  /** @type {{name: string, dialog: Dialog} | null} */
  #dialog = null
  /** @type {(() => void) | null} */
  #floating = null
  #covering = matchMedia("(max-width: 699px)")

  /** @param {App} app  whole, but for `ui` @param {HTMLElement} host  the whole page
   * @param {Lent} lent @param {() => string} language  the code of the page's language */
  constructor(app, host, lent, language) {
    this.app = app
    this.host = host
    this.lent = lent
    host.classList.add("page")
    this.docs = new NodeDocs(app.api, language)
    /** where the canvas is put */
    this.stage = h("main", {class: "stage"})
    /** where the minimap is put, left of the zoom */
    this.corner = h("div", {class: "corner"})
    this.toasts = new Toasts(app.t)
  }

  /** Make all panels; once `app.ui` is set. Again, when the language has changed. */
  build() {
    const open = {panel: this.panelParts?.shown ?? null, drawer: this.drawer?.shown ?? null}
    const dialog = this.#dialog?.name
    const began = this.panelParts === undefined
    this.#end()
    const {app, host} = this
    /** @type {Panel} */
    const panel = this.#panel()
    this.panelParts = panel
    this.drawer = this.#drawer()
    this.log = new LaterSection(app, LOG, ({Log}) => new Log(app, () => this.panel("log", false)))
    this.rail = new Rail(app, () => this.#addInMiddle())
    const bar = new TopBar(app, host, {togglePanel: () => this.panel(panel.last)})
    const zoom = new ZoomBar(app, host)
    const path = new PathBar(app)
    const empty = new Empty(app)
    this.toasts = new Toasts(app.t)
    this.#parts = [panel, this.drawer, this.log, bar, zoom, path, empty]
    this.corner.querySelector(".zoom")?.remove()
    this.corner.append(zoom.element)
    host.replaceChildren(bar.element, this.stage, empty.element, path.element, this.rail.element,
      this.drawer.element, panel.element, this.log.element, this.corner, this.toasts.element)
    this.#follow()
    this.#reopen(began ? {panel: this.#lastPanel(), drawer: null} : open)
    this.#dialog = null
    if (dialog) this.panel(dialog, true)
  }

  #panel() {
    const {app, host} = this
    const problems = new Problems(app, count => this.panelParts?.markProblems(count))
    const gallery = new LaterSection(app, GALLERY, ({Gallery}) => new Gallery(app))
    const sections = {queue: new Queue(app, host), gallery, problems}
    return new Panel(app, sections, name => {
      app.settings.set("page.panel", name ?? "")
      this.#mark()
    })
  }

  #drawer() {
    const {app, host, docs} = this
    /** @type {{name: string | null}} whose versions are meant */
    const versioned = {name: null}
    const look = (/** @type {string} */ name) => {
      this.drawer?.hide()
      versioned.name = name
      this.drawer?.show("versions")
    }
    /** @type {Map<string, Section>} */
    const sections = new Map()
    sections
      .set("workflows", new LaterSection(app, WORKFLOWS, all => new all.Workflows(app, host, look)))
      .set("versions", new LaterSection(app, VERSIONS, all => new all.Versions(app, versioned)))
      .set("library", new LaterSection(app, LIBRARY, all => new all.Library(app, docs)))
      .set("info", new LaterSection(app, INFO, all => new all.NodeInfo(app, docs)))
      .set("models", new LaterSection(app, MODELS, all => new all.Models(app, docs)))
    return new Drawer(app.t, sections, () => this.#mark())
  }

  /** @returns {PanelName | null} */
  #lastPanel() {
    const last = this.app.settings.get("page.panel")
    return this.#covering.matches ? null : NAMES.find(name => name === last) ?? null
  }

  /** @param {{panel: PanelName | null, drawer: string | null}} open */
  #reopen({panel, drawer}) {
    if (panel) this.panelParts?.show(panel)
    if (drawer) this.drawer?.show(drawer)
    this.#mark()
  }

  #follow() {
    const {settings} = this.app
    const {classList} = this.host
    const focus = () => classList.toggle("focus-mode", Boolean(settings.get("view.focus")))
    this.#stops.add(settings.on(id => {
      if (id === "view.focus") focus()
    }))
    this.#stops.listen(this.#covering, "change", () => this.#mark())
    focus()
  }

  #end() {
    for (const part of this.#parts.splice(0)) part.end()
    this.#stops.end()
  }

  // What others ask for

  /** @param {string} text @param {"plain" | "good" | "bad"} [kind]
   * @param {{title: string, run: () => void}} [action] */
  toast(text, kind, action) {
    this.toasts.show(text, kind, action)
  }

  /** @param {{x: number, y: number}} at @param {MenuItem[]} items */
  menu(at, items) {
    const told = {label: this.app.t("menu.label")}
    this.#float(() => openMenu(this.#top(), at, items, told).close)
  }

  /** @param {string} question @param {string} yes @returns {Promise<boolean>} */
  confirm(question, yes) {
    return confirm(this.host, this.app.t, question, yes)
  }

  /** @param {string} question @param {string} value @returns {Promise<string | null>} */
  ask(question, value) {
    return ask(this.host, this.app.t, question, value)
  }

  /** Open a panel, shut it, or the other of both.
   * @param {string} name @param {boolean} [open] */
  panel(name, open) {
    const {panelParts: panel, drawer, log} = this
    if (!panel || !drawer || !log) return
    const now = this.isOpen(name)
    const wanted = open ?? !now
    if (name === "settings" || name === "help") return this.#window(name, wanted)
    if (wanted && this.#covering.matches) this.#shutAll(name)
    if (wanted === now) return
    if (name === "log") wanted ? log.opened() : log.closed()
    else if (NAMES.includes(/** @type {PanelName} */ (name))) {
      wanted ? panel.show(/** @type {PanelName} */ (name)) : panel.hide()
    } else wanted ? drawer.show(name) : drawer.hide()
    this.#mark()
  }

  /** @param {string} name @returns {boolean} */
  isOpen(name) {
    if (name === "log") return this.log?.open ?? false
    return [this.panelParts?.shown, this.drawer?.shown, this.#dialog?.name].includes(name)
  }

  /** A phone has room for one. @param {string} but */
  #shutAll(but) {
    if (this.panelParts?.shown !== but) this.panelParts?.hide()
    if (this.drawer?.shown !== but) this.drawer?.hide()
    if (but !== "log") this.log?.closed()
  }

  /** @param {"settings" | "help"} name @param {boolean} open */
  #window(name, open) {
    const had = this.#dialog?.name
    this.#dialog?.dialog.close()
    this.#dialog = null
    if (!open || had === name) return
    if (name === "settings") SETTINGS(this.app, part => this.#hold(name, part.openSettings))
    else HELP(this.app, part => this.#hold(name, part.openHelp))
  }

  /** @param {"settings" | "help"} name
   * @param {(app: App, host: HTMLElement, closed: () => void) => Dialog} open */
  #hold(name, open) {
    this.#dialog?.dialog.close()
    this.#dialog = {name, dialog: open(this.app, this.host, () => {
      if (this.#dialog?.name === name) this.#dialog = null
    })}
  }

  #mark() {
    const open = new Set([this.panelParts?.shown, this.drawer?.shown].filter(name => name != null))
    this.rail?.mark(/** @type {Set<string>} */ (open))
    this.host.classList.toggle("has-panel", Boolean(this.panelParts?.shown))
    this.host.classList.toggle("has-drawer", Boolean(this.drawer?.shown))
    this.host.classList.toggle("has-log", this.isOpen("log"))
  }

  /** Screen pixels at the edges of the canvas that panels lie over.
   * @returns {{left: number, top: number, right: number, bottom: number}} */
  covered() {
    const stage = this.stage.getBoundingClientRect()
    const none = {left: 0, top: 0, right: 0, bottom: 0}
    if (this.#covering.matches) return {...none, bottom: 56}
    const panel = this.panelParts?.element, drawer = this.drawer?.element, rail = this.rail?.element
    const right = panel && !panel.hidden ? stage.right - panel.getBoundingClientRect().left : 0
    const beside = drawer && !drawer.hidden ? drawer : rail
    const left = beside ? beside.getBoundingClientRect().right - stage.left : 0
    return {...none, left: Math.max(0, left), right: Math.max(0, right)}
  }

  /** @param {Picture[]} pictures @param {number} index */
  lightbox(pictures, index) {
    this.lent.lightbox(pictures, index)
  }

  /** @param {Picture} one @param {Picture} other */
  compare(one, other) {
    this.lent.compare(one, other)
  }

  /** @param {string} picture @param {(name: string) => void} done */
  paintMask(picture, done) {
    this.lent.paintMask(picture, done)
  }

  /** @param {Point} at @param {Socket} [link] */
  addNode(at, link) {
    ADD(this.app, part => this.#float(() => part.openAddNode(this.app, this, at, link)))
  }

  /** One thing floats at a time. @param {() => () => void} open  returns how to close it */
  #float(open) {
    this.#floating?.()
    this.#floating = open()
  }

  #addInMiddle() {
    const {camera, screen} = this.app.session
    this.addNode(toCanvas(camera, {x: Math.max(48, screen.w / 2 - 220), y: screen.h / 3}))
  }

  palette() {
    PALETTE(this.app, part => this.#float(() => part.openPalette(this.app, this.host)))
  }

  /** @param {string} name @param {Json} said */
  imported(name, said) {
    IMPORTED(this.app, part => part.showImported(this.app, this.host, name, said))
  }

  /** Over an open dialog, whatever opens must be in it to be reached. @returns {HTMLElement} */
  #top() {
    const dialogs = this.host.querySelectorAll("dialog[open]")
    return /** @type {HTMLElement} */ (dialogs[dialogs.length - 1] ?? this.host)
  }
}
