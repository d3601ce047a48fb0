// @ts-check
/** What takes longest, begun before the other modules of the page are here: the nodes that the
 * server knows, and the words of the language that is meant. */

/** @import {Json} from "./types.js" */
/** @import {Spoken} from "./texts/index.js" */

import {HttpApi} from "./net/api.js"
import {roomIn} from "./net/room.js"
import {PageSettings} from "./page/settings.js"
import {languageOf, spokenIn, translating} from "./texts/index.js"

/** What this browser remembers. */
export const room = roomIn(() => localStorage)

const NONE = {ui: {}, nodes: {}, inputs: {}, outputs: {}, errors: {}, menus: {}}
/** @type {Spoken} */
let spoken = {code: "en", texts: NONE}
export const t = translating(() => spoken)

/** The code of the language that is spoken. @returns {string} */
export const language = () => spoken.code

/** @param {Spoken} found */
export function speak(found) {
  spoken = found
}

export const api = new HttpApi({say: t})

export const settings = new PageSettings({storage: room, api})

/** The code of the language that is meant. @returns {string} */
export const meant = () => languageOf(settings.get("language"), navigator.languages)

/** The words of the language that is meant are here. */
export const words = spokenIn(meant()).then(speak)

/** @type {Promise<Json>} */
export const nodes = api.get("/object_info")
nodes.catch(() => {})  // whoever waits for it asks again
