// @ts-check
/** Buttons as the page has them: a word, with or without an icon, and an icon alone. */

/** @import {Attributes} from "./dom.js" */

import {icon} from "../icons/icons.js"
import {h} from "./dom.js"

/** An icon whose name is told to the mouse and to screen readers.
 * @param {string} drawn @param {string} title @param {(event: MouseEvent) => void} run
 * @param {Attributes} [more]  class is added to those of the button @returns {HTMLButtonElement} */
export function iconButton(drawn, title, run, {class: kind = "small", ...more} = {}) {
  return h("button", {class: `button only ${kind}`, type: "button", "aria-label": title, title,
    onclick: run, ...more}, icon(drawn, kind.includes("small") ? 15 : 17))
}

/** @param {string} title @param {(event: MouseEvent) => void} run
 * @param {Attributes & {drawn?: string}} [more] @returns {HTMLButtonElement} */
export function wordButton(title, run, {class: kind = "", drawn, ...more} = {}) {
  return h("button", {class: `button ${kind}`.trim(), type: "button", onclick: run, ...more},
    drawn ? icon(drawn, 15) : null, title)
}
