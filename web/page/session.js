// @ts-check
/** What only this page knows of the canvas that is shown: camera, selection, where we are.
 *
 * One object for all tabs: `swap` puts another tab's state in. Knows no document and no DOM. */

/** @import {Session, SessionState} from "../types.js" */

import {Signal} from "../document/signal.js"

/** The names of all that a session holds. */
const ALL = Object.freeze([
  "where", "instances", "selection", "camera", "hover", "draft", "peers", "screen",
])

/** @returns {SessionState} */
export function freshSession() {
  return {
    where: [],
    instances: [],
    selection: new Set(),
    camera: {x: 0, y: 0, zoom: 1},
    hover: {kind: "nothing"},
    draft: null,
    peers: new Map(),
    screen: {w: 0, h: 0},
  }
}

/** @implements {Session} */
export class PageSession {
  /** @type {SessionState["where"]} */
  where = []
  /** @type {SessionState["instances"]} */
  instances = []
  /** @type {SessionState["selection"]} */
  selection = new Set()
  /** @type {SessionState["camera"]} */
  camera = {x: 0, y: 0, zoom: 1}
  /** @type {SessionState["hover"]} */
  hover = {kind: "nothing"}
  /** @type {SessionState["draft"]} */
  draft = null
  /** @type {SessionState["peers"]} */
  peers = new Map()
  /** @type {SessionState["screen"]} */
  screen = {w: 0, h: 0}
  /** @type {Signal<Set<string>>} */
  #changed = new Signal()

  /** @param {Partial<SessionState>} part */
  set(part) {
    Object.assign(this, part)
    this.#changed.emit(new Set(Object.keys(part)))
  }

  /** @param {(names: Set<string>) => void} listener @returns {() => void} */
  on(listener) {
    return this.#changed.on(listener)
  }

  /** Put another state in; what was here comes back, without what a hand was doing.
   * @param {SessionState} state @returns {SessionState} */
  swap(state) {
    const {where, instances, selection, camera, peers, screen} = this
    Object.assign(this, state, {screen, draft: null, hover: {kind: "nothing"}})
    this.#changed.emit(new Set(ALL))
    return {...freshSession(), where, instances, selection, camera, peers, screen}
  }
}
