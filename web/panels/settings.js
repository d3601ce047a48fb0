// @ts-check
/** The settings: looks, language, canvas, running, and all keys. */

/** @import {App, Json} from "../types.js" */

import {LANGUAGE_NAMES} from "../texts/index.js"
import {wordButton} from "./buttons.js"
import {fill, freshId, h} from "./dom.js"
import {keySettings} from "./key_settings.js"
import {openDialog} from "./dialogs.js"

/** @param {App} app @param {HTMLElement} host @param {() => void} closed */
export function openSettings(app, host, closed) {
  const {t} = app
  const body = h("div", {class: "settings-body scrolls", role: "tabpanel", tabindex: "0"})
  /** @type {[string, () => (HTMLElement | null)[]][]} */
  const parts = [["looks", () => looks(app)], ["canvas", () => canvas(app)],
    ["run", () => running(app)], ["keys", () => keySettings(app)]]
  const tabs = parts.map(([name], index) => h("button", {class: "settings-tab", type: "button",
    role: "tab", onclick: () => show(index), onkeydown: (/** @type {KeyboardEvent} */ event) => {
      const step = {ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1}[event.key]
      if (!step) return
      event.preventDefault()
      show((index + step + parts.length) % parts.length)
      tabs[(index + step + parts.length) % parts.length].focus()
    }}, t(`settings.${name}`)))
  /** @param {number} index */
  function show(index) {
    tabs.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === index))
      tab.tabIndex = at === index ? 0 : -1
    })
    body.setAttribute("aria-label", t(`settings.${parts[index][0]}`))
    fill(body, parts[index][1]())
    body.scrollTop = 0
  }
  const dialog = openDialog(host, {title: t("panel.settings"), close: t("dialog.close"),
    kind: "wide settings", closed},
  h("div", {class: "settings-parts"},
    h("div", {class: "settings-tabs", role: "tablist"}, tabs), body))
  show(0)
  tabs[0].focus()
  return dialog
}

/** @param {App} app */
function looks(app) {
  const {t} = app
  return [
    choice(app, "theme", ["system", "dark", "light"].map(one => [one, t(`settings.theme.${one}`)])),
    choice(app, "language", [["system", t("settings.language.system")],
      ...Object.entries(LANGUAGE_NAMES)]),
    text(app, "name"),
  ]
}

/** @param {App} app */
function canvas(app) {
  const {t} = app
  const wheel = ["auto", "zoom", "pan"].map(one => [one, t(`settings.canvas.wheel.${one}`)])
  const drag = ["pan", "box"].map(one => [one, t(`settings.canvas.drag.${one}`)])
  return [
    choice(app, "canvas.wheel", wheel), choice(app, "canvas.drag", drag),
    toggle(app, "canvas.snap"), toggle(app, "view.links"), toggle(app, "view.minimap"),
    toggle(app, "view.times"),
  ]
}

/** @param {App} app */
function running(app) {
  const {t, ui} = app
  return [
    number(app, "run.count", 1, 1000), toggle(app, "run.onChange"),
    h("p", {class: "row-ways"},
      wordButton(t("log.free"), () => app.commands.run("run.free")),
      wordButton(t("log.empty"), () => app.commands.run("run.empty")),
      wordButton(t("panel.log"), () => {
        ui.panel("settings", false)
        ui.panel("log", true)
      })),
  ]
}

/** A line of the settings: what is set, a word about it, and the control.
 * @param {App} app @param {string} id @param {HTMLElement} control @returns {HTMLElement} */
function line({t}, id, control) {
  const label = freshId()
  const note = t(`settings.${id}.more`, {or: ""})
  control.setAttribute("aria-labelledby", label)
  return h("div", {class: "setting"},
    h("div", {class: "setting-text"}, h("span", {id: label}, t(`settings.${id}`)),
      note ? h("span", {class: "muted"}, note) : null), control)
}

/** @param {App} app @param {string} id @param {string[][]} options */
function choice(app, id, options) {
  const now = String(app.settings.get(id))
  const select = h("select", {class: "field", onchange: () => app.settings.set(id, select.value)},
    options.map(([value, title]) => h("option", {value, selected: value === now}, title)))
  return line(app, id, select)
}

/** @param {App} app @param {string} id */
function toggle(app, id) {
  const box = h("input", {class: "switch", type: "checkbox", role: "switch",
    checked: Boolean(app.settings.get(id)), onchange: () => app.settings.set(id, box.checked)})
  return line(app, id, box)
}

/** @param {App} app @param {string} id */
function text(app, id) {
  const field = h("input", {class: "field", type: "text", value: String(app.settings.get(id) ?? ""),
    maxlength: "40", oninput: () => app.settings.set(id, field.value.trim())})
  return line(app, id, field)
}

/** @param {App} app @param {string} id @param {number} min @param {number} max */
function number(app, id, min, max) {
  /** @type {Json} */
  const now = app.settings.get(id)
  const field = h("input", {class: "field", type: "number", min: String(min), max: String(max),
    value: String(now), onchange: () => {
      const given = Math.round(Number(field.value))
      if (given >= min && given <= max) app.settings.set(id, given)
    }})
  return line(app, id, field)
}
