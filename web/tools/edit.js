// @ts-check
/** One gesture becomes one edit; whoever made it hears why it was refused. */
/** @import {App, Op} from "../types.js" */

/** @param {App} app @param {Op[]} ops @returns {boolean} whether it took effect */
export function edit(app, ops) {
  if (!ops.length) return false
  const refused = app.store.edit(ops)
  if (refused) app.ui.toast(refused, "bad")
  return !refused
}
