// @ts-check
/** The server's binary frames, as ComfyUI has them. Knows no socket. */

/** @import {Json} from "../types.js" */

import {parse} from "./json.js"

const PICTURE = 1
const TEXT = 3
const PICTURE_WITH_METADATA = 4
const KINDS = ["image/jpeg", "image/jpeg", "image/png"]  // by the number in a frame

/** meta: `{node_id, display_node_id, prompt_id, image_type ...}`, empty if the frame had none.
 * @typedef {{kind: "picture", meta: Object<string, Json>, blob: Blob}
 *   | {kind: "text", node: string, text: string}} Frame */

/** What a frame says; null for one of an unknown kind or that is cut short.
 * @param {ArrayBuffer} data @returns {Frame | null} */
export function readFrame(data) {
  if (data.byteLength < 8) return null
  const view = new DataView(data)
  const [kind, second] = [view.getUint32(0), view.getUint32(4)]
  if (kind === PICTURE) return picture({}, data.slice(8), KINDS[second] ?? KINDS[1])
  if (8 + second > data.byteLength) return null
  const head = new TextDecoder().decode(data.slice(8, 8 + second))
  const rest = data.slice(8 + second)
  if (kind === TEXT) return {kind: "text", node: head, text: new TextDecoder().decode(rest)}
  return kind === PICTURE_WITH_METADATA ? described(head, rest) : null
}

/** @param {string} head @param {ArrayBuffer} rest @returns {Frame | null} */
function described(head, rest) {
  try {
    const meta = parse(head)
    return picture(meta, rest, String(meta.image_type ?? KINDS[1]))
  } catch {
    return null
  }
}

/** @param {Object<string, Json>} meta @param {ArrayBuffer} bytes @param {string} type
 * @returns {Frame} */
function picture(meta, bytes, type) {
  return {kind: "picture", meta, blob: new Blob([bytes], {type})}
}
