// @ts-check
/** Who else has the document open: their cursors and selections, and ours told to them.
 *
 * Knows the session and the line; nothing of how anybody is drawn. */

/** @import {Json, Presence} from "../types.js" */
/** @import {PageSession} from "./session.js" */

const EVERY = 50  // milliseconds between two words about us
const MOST = 500  // keys that are told: of thousands the others need not see every frame
const HUES = [160, 250, 320, 30, 200, 285, 110, 355]

/** A colour for a client, the same in every window.
 * @param {string} client @returns {string} */
export function colourOfClient(client) {
  let sum = 0
  for (const letter of client) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0
  return `oklch(0.68 0.13 ${HUES[sum % HUES.length]})`
}

export class Together {
  #session
  #say
  #self
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  /** @type {{x: number, y: number} | null} */
  #cursor = null
  #doc
  #told = ""  // the document whose viewers were told last

  /** @param {{session: PageSession, client: string, name: () => string, doc: () => string,
   *   say: (doc: string, data: Json) => void}} parts  doc: the one that is shown, "" for none; say:
   *   tells the others who look at a document */
  constructor({session, client, name, doc, say}) {
    this.#session = session
    this.#say = say
    this.#doc = doc
    this.#self = {client, name, colour: colourOfClient(client)}
    session.on(names => {
      if (["where", "selection", "draft"].some(one => names.has(one))) this.tell()
    })
  }

  /** Our pointer is at a canvas point, or has left.
   * @param {{x: number, y: number} | null} point */
  at(point) {
    this.#cursor = point
    this.tell()
  }

  /** Tell the others, soon. */
  tell() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      const doc = this.#doc()
      if (doc !== this.#told) this.#leave(doc)
      if (doc) this.#say(doc, this.#presence())
    }, EVERY)
  }

  /** Somebody is somewhere, or has gone; peers: of the document that it is about.
   * @param {Map<string, Presence>} peers @param {Json} data
   * @returns {Map<string, Presence>} */
  heard(peers, data) {
    const now = new Map(peers)
    const client = String(data.client ?? "")
    if (data.gone || !client || client === this.#self.client) now.delete(client)
    else now.set(client, read(client, data))
    return now
  }

  /** We look at another document: in the one before we point at nothing any more. Where we point in
   * this one is known when the pointer moves. @param {string} doc */
  #leave(doc) {
    const before = this.#told
    this.#told = doc
    if (!before) return
    this.#cursor = null
    this.#say(before, {...this.#presence(), where: [], selection: [], drag: null})
  }

  /** @returns {Json} */
  #presence() {
    const {where, selection, draft} = this.#session
    const {name, colour} = this.#self
    const drag = draft?.kind === "move" ? {keys: some(draft.keys), dx: draft.dx, dy: draft.dy} : null
    return {name: name(), colour, where, cursor: this.#cursor, selection: some(selection), drag}
  }
}

/** @param {Iterable<string>} keys @returns {string[]} */
function some(keys) {
  const found = []
  for (const key of keys) if (found.push(key) === MOST) break
  return found
}

/** @param {string} client @param {Json} data @returns {Presence} */
function read(client, data) {
  const point = data.cursor
  const known = point && Number.isFinite(point.x) && Number.isFinite(point.y)
  return {
    client,
    name: String(data.name ?? "").slice(0, 40),
    colour: colourOfClient(client),
    where: texts(data.where),
    cursor: known ? {x: point.x, y: point.y} : null,
    selection: texts(data.selection),
    drag: dragOf(data.drag),
  }
}

/** @param {Json} given @returns {Presence["drag"]} */
function dragOf(given) {
  if (!given || !Number.isFinite(given.dx) || !Number.isFinite(given.dy)) return null
  return {keys: texts(given.keys), dx: given.dx, dy: given.dy}
}

/** @param {Json} given @returns {string[]} */
function texts(given) {
  return Array.isArray(given) ? given.filter(one => typeof one === "string") : []
}
