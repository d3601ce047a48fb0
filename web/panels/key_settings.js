// @ts-check
/** All commands with their keys; a press on the keys takes others. */

/** @import {App, Command} from "../types.js" */

import {strokeOf} from "../tools/chords.js"
import {iconButton} from "./buttons.js"
import {fill, h} from "./dom.js"
import {fuzzy} from "./fuzzy.js"
import {keyCaps} from "./keys_shown.js"
import {groupTitle} from "./palette.js"

/** @param {App} app @returns {HTMLElement[]} */
export function keySettings(app) {
  const {t, commands} = app
  const list = h("div", {class: "key-list"})
  const field = h("input", {class: "field", type: "search", placeholder: t("settings.keys.search"),
    "aria-label": t("settings.keys.search"), oninput: () => draw()})
  const draw = () => {
    const found = commands.all().filter(one =>
      fuzzy(field.value, `${t(`command.${one.id}`)} ${commands.keysOf(one.id).join(" ")}`))
    fill(list, byGroup(app, found).flatMap(([title, all]) => [
      h("h3", {class: "section-head"}, title), ...all.map(one => row(app, one, draw))]))
  }
  draw()
  return [field, list]
}

/** Commands under the titles of their groups. @param {App} app @param {Command[]} commands
 * @returns {[string, Command[]][]} */
export function byGroup(app, commands) {
  /** @type {Map<string, Command[]>} */
  const groups = new Map()
  for (const one of commands) {
    const title = groupTitle(one, app.t)
    groups.set(title, [...groups.get(title) ?? [], one])
  }
  return [...groups]
}

/** @param {App} app @param {Command} command @param {() => void} changed */
function row(app, command, changed) {
  const {t, commands} = app
  const keys = commands.keysOf(command.id)
  const title = t(`command.${command.id}`)
  const usual = String(keys) === String(command.keys ?? [])
  const button = h("button", {class: "button key-button", type: "button",
    "aria-label": t("settings.keys.change", {title, keys: keys.join(", ")}),
    onclick: () => record(app, command, button, changed)},
  keys.length ? keys.map(keyCaps) : h("span", {class: "faint"}, t("settings.keys.none")))
  return h("div", {class: "setting"}, h("span", {class: "setting-text"}, title),
    usual ? null : iconButton("undo", t("settings.keys.usual", {title}), () => {
      commands.rebind(command.id, command.keys ?? [])
      changed()
    }),
    button)
}

/** The next stroke is the new key; Escape leaves it, Backspace takes it off.
 * @param {App} app @param {Command} command @param {HTMLElement} button
 * @param {() => void} changed */
function record({t, commands}, command, button, changed) {
  fill(button, [t("settings.keys.press")])
  button.classList.add("recording")
  /** @param {KeyboardEvent} event */
  const hear = event => {
    event.preventDefault()
    event.stopPropagation()
    const stroke = strokeOf(event)
    if (!stroke) return
    if (stroke === "Backspace") commands.rebind(command.id, [])
    else if (stroke !== "Escape") commands.rebind(command.id, [stroke])
    stop()
  }
  const stop = () => {
    button.removeEventListener("keydown", hear, {capture: true})
    button.removeEventListener("blur", stop)
    changed()
  }
  button.addEventListener("keydown", hear, {capture: true})
  button.addEventListener("blur", stop)
}
