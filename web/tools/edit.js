// @ts-check
/** One gesture becomes one edit; whoever made it hears why it was refused. */
/** @import {App, Key, Op} from "../types.js" */

/** @param {App} app @param {Op[]} ops @returns {boolean} whether it took effect */
export function edit(app, ops) {
  if (!ops.length) return false
  const refused = app.store.edit(ops)
  if (refused) app.ui.toast(refused, "bad")
  return !refused
}

/** An edit after which something else is selected: mostly what it made.
 * @param {App} app @param {Op[]} ops @param {Iterable<Key>} keys
 * @returns {boolean} whether it took effect */
export function editAndSelect(app, ops, keys) {
  const done = edit(app, ops)
  if (done) app.session.set({selection: new Set(keys)})
  return done
}
