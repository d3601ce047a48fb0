// @ts-check
/** Who listens to whom, once all parts are there. */

/** @import {App} from "../types.js" */
/** @import {Socket} from "../net/socket.js" */
/** @import {Sync} from "../net/sync.js" */
/** @import {Runs} from "../run/state.js" */
/** @import {CanvasScene} from "../view/scene.js" */
/** @import {Renderer} from "../view/renderer.js" */
/** @import {Minimap} from "../view/minimap.js" */
/** @import {NodeNames} from "../view/names.js" */
/** @import {Histories} from "./histories.js" */
/** @import {PageSession} from "./session.js" */
/** @import {OpenTab, PageTabs} from "./tabs.js" */
/** @import {Together} from "./together.js" */

import {toldOfRun} from "./news.js"
import {themeOf} from "./settings.js"
import {firstCamera} from "./start.js"
import {toCanvas} from "../view/camera.js"

const KEEP_AFTER = 400  // milliseconds from a move of the camera until it is remembered

/** @typedef {{app: App, tabs: PageTabs, socket: Socket, sync: Sync, runs: Runs, settings: App["settings"],
 *   session: PageSession, together: Together, histories: Histories, renderer: Renderer,
 *   minimap: Minimap,
 *   names: NodeNames, ui: {build: () => void}, canvas: HTMLElement,
 *   language: () => string, speak: (then: () => void) => void, fit: () => void,
 *   open: () => string}} Parts
 *   speak: the language that is meant, once it is here; open: the document that the address names */

/** @param {Parts} parts */
export function joined(parts) {
  followTabs(parts)
  followSession(parts)
  followSettings(parts)
  followServer(parts)
  followAddress(parts)
}

/** @param {Parts} parts */
function followTabs({tabs, session, renderer, minimap, names, fit}) {
  /** @type {CanvasScene | null} */
  let scene = null
  const show = () => {
    const tab = tabs.active
    document.title = `${tab.name} – Easel`
    if (tab.scene !== scene) {
      scene = tab.scene
      for (const part of [renderer, minimap, names]) part.show(scene)
    }
    if (tab.seen || !session.screen.w) return
    tab.seen = true
    fit()
    session.set({camera: firstCamera(session.camera, session.screen, tab.scene.whole())})
  }
  tabs.on(show)
  session.on(changed => {
    if (changed.has("screen") && !tabs.active.seen) show()
  })
  show()
}

/** @param {Parts} parts */
function followSession({app, tabs, session, together, histories, canvas}) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  session.on(names => {
    if (names.has("where") || names.has("instances")) enter(tabs.active, session)
    if (!names.has("camera")) return
    clearTimeout(timer)
    timer = setTimeout(() => tabs.keep(), KEEP_AFTER)
  })
  canvas.addEventListener("pointermove", event => {
    const {left, top} = canvas.getBoundingClientRect()
    together.at(toCanvas(app.session.camera, {x: event.clientX - left, y: event.clientY - top}))
  })
  canvas.addEventListener("pointerleave", () => together.at(null))
  addEventListener("pagehide", () => {
    tabs.keep()
    for (const {store} of tabs.tabs) histories.keep(store)
  })
}

/** @param {OpenTab} tab @param {PageSession} session */
function enter({scene}, {where, instances}) {
  if (scene.instances.join() !== instances.join()) scene.enter(where, instances)
}

/** @param {Parts} parts */
function followSettings({settings, renderer, minimap, ui, language, speak, tabs, together}) {
  const light = matchMedia("(prefers-color-scheme: light)")
  const theme = () => {
    document.documentElement.dataset.theme = themeOf(settings.get("theme"), light.matches)
    renderer.setTheme()
    minimap.setTheme(renderer.theme)
  }
  const said = () => {
    document.documentElement.lang = language()
  }
  const map = () => {
    minimap.element.hidden = settings.get("view.minimap") === false
  }
  /** @type {Object<string, () => void>} */
  const acts = {
    theme,
    name: () => together.tell(),
    "view.minimap": map,
    "view.times": () => renderer.showTimes(Boolean(settings.get("view.times"))),
    language: () => speak(() => {
      said()
      ui.build()
      for (const {scene} of tabs.tabs) scene.rebuild()
    }),
  }
  settings.on(id => acts[id]?.())
  light.addEventListener("change", theme)
  said()
  theme()
  map()
  acts["view.times"]()
}

/** @param {Parts} parts */
function followServer({app, tabs, socket, sync, runs, together, session}) {
  sync.said.on(({type, doc, data}) => {
    if (type === "presence") peers(tabs, session, doc, map => together.heard(map, data))
    else if (type === "lost") peers(tabs, session, doc, () => new Map())
    else if (type === "opened") together.tell()
    else if (type === "renamed") runs.renamed(doc, data.to)
    else if (type === "queued") toldOfRun(app, data)
    else if (type === "error") app.ui.toast(String(data.message), "bad")
  })
  const hurry = () => {
    if (!document.hidden) socket.hurry()
  }
  addEventListener("online", hurry)
  document.addEventListener("visibilitychange", hurry)
}

/** @param {PageTabs} tabs @param {PageSession} session @param {string} doc
 * @param {(map: OpenTab["state"]["peers"]) => OpenTab["state"]["peers"]} change */
function peers(tabs, session, doc, change) {
  const tab = tabs.tabs.find(one => one.name === doc)
  if (!tab) return
  if (tab === tabs.shown) session.set({peers: change(session.peers)})
  else tab.state.peers = change(tab.state.peers)
}

/** @param {Parts} parts */
function followAddress({app, tabs, open}) {
  const write = () => {
    const hash = `#${encodeURIComponent(tabs.active.name).replaceAll("%2F", "/")}`
    if (location.hash !== hash) history.replaceState(null, "", hash)
  }
  tabs.on(write)
  write()
  addEventListener("hashchange", () => {
    const name = open()
    if (name && name !== tabs.active.name) {
      tabs.open(name).catch(error => app.ui.toast(String(error.message ?? error), "bad"))
    }
  })
}
