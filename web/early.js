// @ts-check
/** What takes longest, begun before the other modules of the page are here: the nodes that the
 * server knows, and the words of the language that is meant. */

/** @import {Json} from "./types.js" */
/** @import {Spoken} from "./texts/index.js" */

import {HttpApi} from "./net/api.js"
import {roomIn} from "./net/room.js"
import {PageSettings} from "./page/settings.js"
import {languageOf, spokenIn} from "./texts/index.js"

const api = new HttpApi()
/** What this browser remembers. */
export const room = roomIn(() => localStorage)

export const settings = new PageSettings({storage: room, api})

/** The code of the language that is meant. @returns {string} */
export const meant = () => languageOf(settings.get("language"), navigator.languages)

/** @type {Promise<Spoken>} */
export const spoken = spokenIn(meant())

/** @type {Promise<Json>} */
export const nodes = api.get("/object_info")
