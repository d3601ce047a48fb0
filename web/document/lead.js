// @ts-check
/** What making and unpacking a subgraph share: links led elsewhere, and where things lie. Pure. */

/** @import {Canvas, GraphNode, Json, Link, Op, Subgraph, Where} from "../types.js" */

import {gone, linksOf} from "./links.js"
import {OUT, pathOf} from "./paths.js"
import {isLink, own} from "./values.js"

/** @typedef {[number, number]} Spot */
/** Where a node lies whose file does not say so.
 * @typedef {(id: string) => Spot | undefined} PlaceOf */

/** Ops that lead the links from `ids` to nodes that stay, and to a border, elsewhere.
 * @param {Canvas} canvas @param {Where} where @param {Set<string>} ids
 * @param {(link: Link) => Json} to  undefined: nowhere @returns {Op[]} */
export function led(canvas, where, ids, to) {
  const links = linksOf(canvas).filter(({from, id}) => ids.has(from[0]) && !ids.has(id))
  const ops = links.filter(({id}) => id !== OUT).flatMap(({from, id, input}) =>
    fed(own(canvas.nodes, id), [...where, "nodes", id], input, to(from)))
  if (!links.some(({id}) => id === OUT)) return ops
  const value = /** @type {Subgraph} */ (canvas).outputs.map(output => {
    const {from, ...rest} = output
    if (!from || !ids.has(from[0])) return output
    const link = to(from)
    return isLink(link) ? {...rest, from: link} : rest
  })
  return [...ops, {op: "set", path: pathOf(...where, "outputs"), value}]
}

/** Ops that give a linked input another link or a value; undefined: what lies under its link.
 * @param {GraphNode | undefined} node @param {string[]} path @param {string} input
 * @param {Json} value @returns {Op[]} */
function fed(node, path, input, value) {
  const at = pathOf(...path, "inputs", input)
  if (isLink(value)) return [{op: "set", path: at, value}]
  const under = own(node?.under, input)
  const wanted = value ?? under
  /** @type {Op[]} */
  const ops = [wanted === undefined ? gone(at) : {op: "set", path: at, value: wanted}]
  return under === undefined ? ops : [...ops, gone(pathOf(...path, "under", input))]
}

/** The top left of nodes. @param {Canvas} canvas @param {Set<string>} ids @param {PlaceOf} placeOf
 * @returns {Spot | undefined} */
export function cornerOf(canvas, ids, placeOf) {
  const places = [...ids].flatMap(id => {
    const place = own(canvas.nodes, id)?.look?.place ?? placeOf(id)
    return place ? [place] : []
  })
  if (!places.length) return undefined
  return [Math.min(...places.map(([x]) => x)), Math.min(...places.map(([, y]) => y))]
}
