// @ts-check
/** What a widget may do while a hand is on it: shows drafts, makes one edit of the last. */
/** @import {App, Box, InputSpec, Json, Op, WidgetHand, WidgetPlace} from "../types.js" */

import {edit} from "./edit.js"
import {keyPath} from "../document/paths.js"
import {equal} from "../document/values.js"
import {toScreen} from "../view/camera.js"

/** Its place is asked anew each time: others may have moved or changed it.
 * @param {App} app @param {HTMLElement} host @param {string} node @param {WidgetPlace} first
 * @returns {WidgetHand} */
export function widgetHand(app, host, node, first) {
  const {name} = first
  const {where} = app.scene
  const now = () => placeOf(app, node, name) ?? first
  return {
    app, host, node,
    get place() { return now() },
    screen: () => onPage(app, host, now().box),
    show: value => app.session.set({draft: {kind: "value", node, name, value}}),
    set: value => {
      clearDraft(app, node)
      const {value: held, linked} = now()
      if (linked || !equal(held, value)) edit(app, [setInput(where, node, name, value)])
    },
    setAfter: mode => {
      const path = keyPath(where, `nodes/${node}`, "after_run", name)
      edit(app, [{op: "set", path, value: mode}])
    },
    leave: to => {
      clearDraft(app, node)
      host.focus({preventScroll: true})
      const next = to === "stay" ? undefined : neighbour(app, node, name, to)
      if (next) openWidget(app, host, node, next)
    },
  }
}

/** @param {App} app @param {string} node */
function clearDraft(app, node) {
  const {draft} = app.session
  if (draft?.kind === "value" && draft.node === node) app.session.set({draft: null})
}

/** Edit a widget of a node; `at` is where it was clicked.
 * @param {App} app @param {HTMLElement} host @param {string} node @param {WidgetPlace} place
 * @param {{x: number, y: number}} [at] */
export function openWidget(app, host, node, place, at) {
  const hand = widgetHand(app, host, node, place)
  app.widgetOf(place.input).open(hand, at ?? null)
}

/** @param {App} app @param {string} node @param {string} name @returns {WidgetPlace | undefined} */
function placeOf(app, node, name) {
  return app.scene.nodes.get(node)?.widgets.find(place => place.name === name)
}

/** The widget before or after one, of those that hold a value.
 * @param {App} app @param {string} node @param {string} name @param {"next" | "previous"} to
 * @returns {WidgetPlace | undefined} */
function neighbour(app, node, name, to) {
  const places = app.scene.nodes.get(node)?.widgets ?? []
  const at = places.findIndex(place => place.name === name)
  const rest = to === "next" ? places.slice(at + 1) : places.slice(0, Math.max(0, at)).reverse()
  return rest.find(place => !place.linked)
}

/** The op that gives an input a value; a list is wrapped, for a bare one would be a link.
 * @param {string[]} where @param {string} node @param {string} name @param {Json} value
 * @returns {Op} */
export function setInput(where, node, name, value) {
  const held = Array.isArray(value) ? {__value__: value} : value
  return {op: "set", path: keyPath(where, `nodes/${node}`, "inputs", name), value: held}
}

/** Where a box of the canvas is on the page. @param {App} app @param {HTMLElement} host
 * @param {Box} box */
function onPage(app, host, box) {
  const {camera} = app.session
  const frame = host.getBoundingClientRect()
  const {x, y} = toScreen(camera, box)
  const {zoom} = camera
  return {left: frame.left + x, top: frame.top + y, width: box.w * zoom, height: box.h * zoom, zoom}
}

/** Edit a text of the canvas in its place: a title, a note. Borrows the text widget.
 * @param {App} app @param {HTMLElement} host
 * @param {{name: string, box: () => Box, value: string, multiline: boolean,
 *   set: (value: string) => void}} text */
export function editText(app, host, {name, box, value, multiline, set}) {
  /** @type {InputSpec} */
  const input = {name, type: "STRING", widget: "text", optional: false, list: false, fallback: "",
    tooltip: "", multiline}
  let held = value
  /** @type {() => WidgetPlace} */
  const place = () => ({name, label: "", box: box(), input, value, linked: false, after: ""})
  /** @type {WidgetHand} */
  const hand = {
    app, host, node: "", get place() { return place() },
    screen: () => onPage(app, host, box()),
    show: () => {},
    set: next => {
      if (next === held) return
      held = String(next)
      set(held)
    },
    setAfter: () => {},
    leave: () => host.focus({preventScroll: true}),
  }
  app.widgetOf(input).open(hand, box())
}
