// @ts-check
/** What a run has left to show on a node: addresses of pictures, texts, and their shape. Pure but
 * for what it asks of the pictures that are handed in. */
/** @import {GraphNode, NodeError, NodeRun, NodeSpec, Picture} from "../types.js" */
/** @import {Shown} from "./layout.js" */
/** @import {ShownOn} from "./making.js" */

import {NOTHING_SHOWN, pictureOf} from "./layout.js"

/** A grid of pictures is drawn no flatter and no taller than this. */
const ASPECTS = {least: 0.4, most: 4}

/** @param {{urlOf: (picture: Picture, many: boolean) => string,
 *   sizeOf: (url: string) => {w: number, h: number} | null,
 *   tell: (problem: NodeError) => string}} parts
 *   urlOf: many: it is one of several, and drawn small; tell: what is wrong, as a person reads it
 * @returns {ShownOn} */
export function makeShown({urlOf, sizeOf, tell}) {
  return (run, problems, node, spec, before) => {
    const wanted = addresses(run, node, spec, urlOf)
    if (!run && !problems.length && !wanted.length) return NOTHING_SHOWN
    const {pictures, coming} = settled(wanted, before, sizeOf)
    const size = pictures.length ? sizeOf(pictures[0]) : null
    const errors = run?.error ? [...problems, run.error] : problems
    return {
      run: run ?? null,
      pictures,
      coming,
      aspect: size ? aspectOf(size.w / size.h, pictures.length) : before.aspect,
      said: run?.text ?? [],
      footer: pictures.length > 0,
      fault: run?.error ? tell(run.error) : "",
      problem: problems.length ? tell(problems[0]) : "",
      problems,
      wrong: new Set(errors.flatMap(({input}) => input ?? [])),
    }
  }
}

/** A picture stays until the one that takes its place is here: previews don't flicker.
 * @param {string[]} wanted @param {Shown} before
 * @param {(url: string) => {w: number, h: number} | null} sizeOf
 * @returns {{pictures: string[], coming: string}} */
function settled(wanted, before, sizeOf) {
  const [next] = wanted
  const [last] = before.pictures
  if (wanted.length !== 1 || before.pictures.length !== 1 || next === last) {
    return {pictures: wanted, coming: ""}
  }
  return sizeOf(next) || !sizeOf(last)
    ? {pictures: wanted, coming: ""} : {pictures: [last], coming: next}
}

/** @param {NodeRun | undefined} run @param {GraphNode} node @param {NodeSpec} spec
 * @param {(picture: Picture, many: boolean) => string} urlOf @returns {string[]} */
function addresses(run, node, spec, urlOf) {
  if (run?.preview && run.state !== "done") return [run.preview]
  if (run?.pictures.length) return run.pictures.map((one) => urlOf(one, run.pictures.length > 1))
  if (run?.preview) return [run.preview]
  const input = spec.inputs.find(({widget}) => widget === "picture")
  const value = input && (node.inputs?.[input.name] ?? input.fallback)
  const picture = typeof value === "string" ? pictureOf(value) : null
  return picture ? [urlOf(picture, false)] : []
}

/** The shape of a whole grid of pictures of one shape.
 * @param {number} one @param {number} count @returns {number} */
function aspectOf(one, count) {
  const columns = Math.ceil(Math.sqrt(Math.max(1, count)))
  const rows = Math.ceil(Math.max(1, count) / columns)
  return Math.min(ASPECTS.most, Math.max(ASPECTS.least, one * columns / rows))
}
