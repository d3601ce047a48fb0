// @ts-check
/** The command palette: every command by its name. */

/** @import {App, Command} from "../types.js" */

import {h} from "./dom.js"
import {float} from "./floating.js"
import {ranked} from "./fuzzy.js"
import {keysShown} from "./keys_shown.js"
import {SearchList} from "./search_list.js"

/** @param {App} app @param {HTMLElement} host @returns {() => void} how to close it */
export function openPalette(app, host) {
  const {t} = app
  const list = new SearchList({
    label: t("palette.search"), nothing: t("search.nothing"),
    find: search => rowsOf(app, search, close),
  })
  const box = h("div", {class: "palette", role: "dialog", "aria-label": t("palette.title")},
    list.element)
  const closing = float(host, box)
  /** Closed first, so that the command finds the focus where it was. @param {() => void} then */
  function close(then) {
    closing()
    then()
  }
  list.search()
  list.field.focus()
  return closing
}

/** @param {App} app @param {string} search @param {(then: () => void) => void} close */
function rowsOf(app, search, close) {
  const {t, commands} = app
  const able = commands.all().filter(one => one.id !== "view.palette" && (one.when?.(app) ?? true))
  const titles = new Map(able.map(one => [one, t(`command.${one.id}`)]))
  /** @param {Command} one */
  const told = one => ({names: [titles.get(one) ?? one.id, groupTitle(one, t), one.id], weight: 0})
  return ranked(search, able, told).map(({thing, at}) => {
    const [keys] = commands.keysOf(thing.id)
    return {title: titles.get(thing) ?? thing.id, at, detail: groupTitle(thing, t),
      end: keys ? keysShown(keys) : null, choose: () => close(() => commands.run(thing.id))}
  })
}

/** @param {Command} command @param {App["t"]} t @returns {string} */
export function groupTitle({group}, t) {
  return t(`group.${group}`, {or: group})
}
