// @ts-check
/** What a promise came to, said in a toast. */
/** @import {App} from "../types.js" */

/** @param {App} app @param {Promise<unknown>} promise
 * @param {string} [done]  a text for when it went well
 * @returns {Promise<void>} */
export async function tell(app, promise, done) {
  try {
    await promise
    if (done) app.ui.toast(app.t(done), "good")
  } catch (error) {
    app.ui.toast(error instanceof Error ? error.message : String(error), "bad")
  }
}
