// @ts-check
/** What a page makes of what a server has said: `{heard, frames, active, ended}` in, JSON out. */

import {readFileSync} from "node:fs"

import {readFrame} from "../../../web/net/frames.js"
import {parse, stringify} from "../../../web/net/json.js"
import {Runs} from "../../../web/run/state.js"

const {heard, frames, active, ended} = parse(readFileSync(0, "utf8"))
/** @type {Blob[]} */
const blobs = []
const runs = new Runs({url: blob => String(blobs.push(blob) - 1), free: () => {}})
let seconds = 0
for (const [type, data] of heard) {
  runs.hear(type, data)
  seconds = Math.max(seconds, runs.node("mine", "2")?.seconds ?? 0)
  if (type === "progress") for (const hex of frames.splice(0)) show(Buffer.from(hex, "hex"))
}
runs.listed(active, ended)

/** @param {Buffer} bytes */
function show(bytes) {
  const frame = readFrame(new Uint8Array(bytes).buffer)
  if (frame?.kind === "picture") runs.picture(frame.meta, frame.blob)
}

const nodes = Object.fromEntries(["1", "2", "3", "4"].map(id => [id, runs.node("mine", id)]))
const preview = nodes["2"]?.preview
if (nodes["2"] && preview) nodes["2"] = {...nodes["2"], preview: await blobs[Number(preview)].text()}
process.stdout.write(stringify({nodes, seconds, problems: runs.allProblems("mine"), ended: runs.ended}))
