// @ts-check
/** Makes the parts of the page and joins them; nothing else happens here. */

/** @import {App, Ui} from "./types.js" */
/** @import {DocumentStore} from "./document/store.js" */

import {CommandList} from "./commands/index.js"
import {fit, stayInside} from "./commands/view.js"
import {arrange} from "./document/arrange.js"
import {NodeSpecs} from "./document/specs.js"
import * as early from "./early.js"
import {parse, stringify} from "./net/json.js"
import {Keep} from "./net/keep.js"
import {roomIn} from "./net/room.js"
import {Socket} from "./net/socket.js"
import {Sync} from "./net/sync.js"
import {autoRunning} from "./page/auto_run.js"
import {clientOf, freshClient, navigated} from "./page/client.js"
import {Histories} from "./page/histories.js"
import {joined} from "./page/joined.js"
import {alone, told, tooOld} from "./page/news.js"
import {PageSession} from "./page/session.js"
import {placesOn} from "./page/places.js"
import {insisting, nameIn, started} from "./page/start.js"
import {PageTabs} from "./page/tabs.js"
import {Together} from "./page/together.js"
import * as documents from "./panels/documents.js"
import {PageUi} from "./panels/ui.js"
import {Listing} from "./run/listing.js"
import {Runs} from "./run/state.js"
import {LANGUAGES, nodeTitle, problemText} from "./texts/index.js"
import {Clipboard} from "./tools/clipboard.js"
import {dropping} from "./tools/drop.js"
import {Given} from "./tools/given.js"
import {Hands} from "./tools/hands.js"
import {Keys} from "./tools/keys.js"
import {byItself, later, loadRest} from "./tools/later.js"
import {openWidget} from "./tools/widget_hand.js"
import {contextOf, makeCanvas} from "./view/canvas.js"
import {makeMeasure} from "./view/measure.js"
import {fontsOf} from "./view/metrics.js"
import {Minimap} from "./view/minimap.js"
import {NodeNames} from "./view/names.js"
import {Pictures} from "./view/pictures.js"
import {Renderer} from "./view/renderer.js"
import {CanvasScene} from "./view/scene.js"
import {makeShown} from "./view/shown.js"
import {loadTheme} from "./view/theme.js"
import {makeWidgets} from "./widgets/index.js"
import {Seeds} from "./widgets/seeds.js"

const host = /** @type {HTMLElement} */ (document.getElementById("app"))
const REST = 2000 // milliseconds from the first picture until what it does not need is loaded
const ofWindow = roomIn(() => sessionStorage)
const client = clientOf(ofWindow, navigated(), freshClient)

// What the page knows

const {api, language, room, settings, t} = early
await early.words
const address = `${location.origin.replace(/^http/, "ws")}/ws?clientId=${client}`
const socket = new Socket(address)
const keep = new Keep(room)
const histories = new Histories(ofWindow, client)
const sync = new Sync({voice: socket, client, keep, say: (reason, values) => t(reason, values)})
const specs = new NodeSpecs()
const session = new PageSession()
const pictures = new Pictures()
const runs = new Runs({
  url: blob => URL.createObjectURL(blob),
  free: url => URL.revokeObjectURL(url),
  soon: act => requestAnimationFrame(act),
  title: (doc, node) => titleOf(doc, node),
})
const listing = new Listing(runs, path => api.get(path))

// What is loaded when it is asked for

const shaping = later(() => import("./document/subgraphs.js"))
const menus = later(() => import("./commands/menus.js"))
const pictured = later(() => import("./widgets/lightbox.js"))
const ways = later(() => import("./panels/pictures.js"))
const masks = later(() => import("./widgets/mask.js"))
const tongues = Object.fromEntries(
  Object.entries(LANGUAGES).map(([code, load]) => [code, byItself(load)]))

/** @param {(part: Pick<Ui, "lightbox" | "compare">) => void} act */
function large(act) {
  pictured(app, part => act(part.lightboxes(app, host, {
    use: picture => ways(app, all => all.useAsInput(app, picture)),
    workflow: picture => ways(app, all => all.openWorkflow(app, picture)),
  })))
}

/** Speak the language that is meant. @param {() => void} then */
function speak(then) {
  const code = early.meant()
  tongues[code](app, part => {
    early.speak({code, texts: part.default})
    then()
  })
}

// How it is drawn

const family = () => loadTheme().font
const measure = makeMeasure(contextOf(makeCanvas()))
const seeds = new Seeds(room)
const widgetOf = makeWidgets({t, parse, stringify, keep: room, seeds, font: family})
const means = {measure, fonts: fontsOf(family()), widgetOf, t}
const shownOn = makeShown({
  urlOf: (picture, many) => api.view(picture, many ? {size: 512} : {}),
  sizeOf: url => pictures.sizeOf(url),
  tell: problem => problemText(t, problem),
})

/** @param {DocumentStore} store */
function sceneOf(store) {
  seeds.watch(store)
  autoRunning(app, store)
  histories.recall(store)
  runs.opened(store.name)
  listing.recall(store.name)
  store.news.on(news => told(app, news))
  store.on(() => store === tabs.shown?.store && stayInside(app))
  return new CanvasScene({store, specs, run: runs, means, shownOn, arrange, idle})
}

/** @param {(left: () => number) => void} act */
function idle(act) {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(free => act(() => free.timeRemaining()))
  else setTimeout(() => {
    const end = performance.now() + 5
    act(() => end - performance.now())
  }, 50)
}

/** The title of a node by its id as it runs. @param {string} doc @param {string} node */
function titleOf(doc, node) {
  const tab = tabs.tabs.find(one => one.name === doc)
  const found = tab?.store.graph.nodes?.[node.split(":")[0]]
  return tab && found ? nodeTitle(t, found, specs.of(found, tab.store.graph)) : ""
}

// What it is made of

const tabs = new PageTabs({
  sync, session, sceneOf,
  places: [ofWindow, room],
  free: name => documents.freeLike({api, tabs}, name),
  untitled: () => t("app.untitled"),
  left: name => runs.closed(name),
})
const together = new Together({
  session, client,
  name: () => String(settings.get("name") || t("page.guest")),
  doc: () => tabs.shown?.name ?? "",
  say: (doc, data) => sync.presence(doc, data),
})

/** @type {App} */
const app = {
  tabs, session, run: runs, specs, api, wire: socket, settings, t, measure, widgetOf,
  get store() { return tabs.active.store },
  get scene() { return tabs.active.scene },
  get commands() { return commands },
  get ui() { return ui },
  pointer: () => hands.pointer(),
  rename: key => hands.rename(key),
  note: box => hands.note(box),
  queue: options => sync.run(tabs.active.name, options),
  refresh: async () => specs.load(await api.get("/object_info")),
}
const given = new Given(app, {parse, open: documents.importFile})
const clipboard = new Clipboard(app, given, stringify)
const commands = new CommandList(app, settings, {clipboard, documents, shaping})
const ui = new PageUi(app, host, {
  lightbox: (all, index) => large(part => part.lightbox(all, index)),
  compare: (one, other) => large(part => part.compare(one, other)),
  paintMask: (name, done) => masks(app, part => part.maskPainter(app, host).paintMask(name, done)),
}, language)

if (tooOld(host, t)) throw new Error("this browser loses digits of large numbers")
await Promise.all([
  insisting(early.nodes, () => api.get("/object_info"), () => alone(host, t("page.notThere")))
    .then(said => specs.load(said)),
  connected(),
])
await started(app, tabs, location.hash)

const canvas = ui.stage
canvas.tabIndex = -1
ui.build()
const markdown = (/** @type {string} */ text) => api.post("/markdown", {text}).then(said => said.html)
const renderer = new Renderer(canvas, {
  scene: tabs.active.scene, session, measure, t, widgetOf, pictures, markdown,
})
const minimap = new Minimap(ui.corner, {scene: tabs.active.scene, session, theme: renderer.theme, t})
ui.corner.prepend(minimap.element)
const names = new NodeNames(canvas, {
  scene: tabs.active.scene, session, t,
  open: id => {
    const place = app.scene.nodes.get(id)?.widgets.find(({linked}) => !linked)
    if (place) openWidget(app, canvas, id, place)
  },
})
const hands = new Hands(canvas, app, (hit, at, page) => menus(app, part => {
  ui.menu(page, part.menus(app, hit, at))
}))
new Keys(app, hands)
clipboard.listen()
dropping(canvas, app, given)
joined({
  app, tabs, socket, sync, runs, settings, session, together, histories, renderer, minimap, names, ui,
  canvas, language, speak, fit: () => fit(app), open: () => nameIn(location.hash),
})
tabs.on(() => stayInside(app))

Object.defineProperty(globalThis, "easel", {value: Object.freeze({places: () => placesOn(app, canvas)})})
performance.mark("easel.ready") // for who measures
setTimeout(rest, REST)

/** What can wait until the first picture of the page is there; once more when the server is back. */
async function rest() {
  await settings.load()
  await ui.docs.load()
  if (await loadRest()) return
  const stop = socket.lines.on(up => {
    if (!up) return
    stop()
    rest()
  })
}

/** The first answer of the server on the socket. */
function connected() {
  return new Promise(resolve => {
    socket.messages.on(({type, data}) => runs.hear(type, data))
    socket.frames.on(frame => {
      if (frame.kind === "picture") runs.picture(frame.meta, frame.blob)
      else runs.text(frame.node, frame.text)
    })
    socket.lines.on(up => {
      runs.line(up)
      if (up) resolve(undefined)
    })
    socket.start()
  })
}
