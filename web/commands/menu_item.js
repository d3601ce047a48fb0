// @ts-check
/** A command as a line of a menu. */
/** @import {App, MenuItem} from "../types.js" */

/** @param {App} app @param {string} id @param {Partial<MenuItem>} [more] @returns {MenuItem} */
export function item(app, id, more = {}) {
  const command = app.commands.all().find(one => one.id === id)
  const keys = app.commands.keysOf(id)[0]
  return {
    title: app.t(`command.${id}`), id, ...keys && {keys},
    off: !(command && (command.when?.(app) ?? true)), run: () => app.commands.run(id), ...more,
  }
}

/** With a rule above the first. @param {MenuItem[]} items @returns {MenuItem[]} */
export function lined(items) {
  return items.map((one, i) => i === 0 ? {...one, line: true} : one)
}
