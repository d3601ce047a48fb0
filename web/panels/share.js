// @ts-check
/** A document's link, for the clipboard: with the token where the server wants one. */

/** @import {App} from "../types.js" */

/** The address that opens a document. The name stands behind the #, which no server sees and which
 * survives the step over the token.
 * @param {string} origin @param {string} name @param {string} token "" for none
 * @returns {string} */
export function linkOf(origin, name, token) {
  const query = token ? `?token=${encodeURIComponent(token)}` : ""
  return `${origin}/${query}#${encodeURIComponent(name).replaceAll("%2F", "/")}`
}

/** @param {App} app */
export async function share(app) {
  const {api, tabs, t, ui} = app
  const token = await api.get("/share").then(said => String(said?.token ?? ""), () => "")
  const link = linkOf(location.origin, tabs.active.name, token)
  await copyText(link) ? ui.toast(t("share.copied"), "good") : await ui.ask(t("share.copy"), link)
}

/** Put a text on the clipboard; false where the browser does not let us.
 * @param {string} text @returns {Promise<boolean>} */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
