// @ts-check
/** A layout in columns: what feeds left of what is fed, links short and few of them crossing.
 *
 * Layers by the longest path, order by the mean of neighbours (Sugiyama, Tagawa, Toda 1981), then
 * heights by the same mean without overlaps. Pure. */

/** @import {Canvas} from "../types.js" */

import {linksOf} from "./links.js"

const GRID = 24
const ACROSS = 96  // canvas units between columns
const DOWN = 48    // and between nodes of a column
const APART = 96   // and between parts that no link joins
const SWEEPS = 8

/** from, to: neighbours. @typedef {{id: string, w: number, h: number, from: Cell[], to: Cell[],
 *   layer: number, order: number, y: number, state: 0 | 1 | 2}} Cell */

/** Cells of a column that touch. sum: of the tops that each would have the block at.
 * @typedef {{cells: Cell[], sum: number, h: number}} Block */

/** Places by id, the top left at 0, 0.
 * @param {Canvas} canvas @param {Map<string, {w: number, h: number}>} sizes  of the nodes to place
 * @returns {Map<string, [number, number]>} */
export function layered(canvas, sizes) {
  const cells = cellsOf(canvas, sizes)
  for (const cell of cells) cutRings(cell)
  for (const cell of inFlow(cells)) {
    cell.layer = Math.max(0, ...cell.from.map(({layer}) => layer + 1))
  }
  for (const cell of cells.filter(({from, to}) => !from.length && to.length)) {
    cell.layer = Math.min(...cell.to.map(({layer}) => layer)) - 1
  }
  /** @type {Map<string, [number, number]>} */
  const places = new Map()
  let top = 0
  for (const part of partsOf(cells)) {
    const columns = ordered(part)
    const back = columns.toReversed()
    for (let n = 0; n < SWEEPS; n++) settle(n % 2 ? back : columns, n % 2 ? "to" : "from")
    top = placed(columns, top, places) + APART
  }
  return places
}

/** @param {Canvas} canvas @param {Map<string, {w: number, h: number}>} sizes @returns {Cell[]} */
function cellsOf(canvas, sizes) {
  /** @type {Map<string, Cell>} */
  const cells = new Map()
  for (const [id, {w, h}] of sizes) {
    cells.set(id, {id, w, h, from: [], to: [], layer: 0, order: 0, y: 0, state: 0})
  }
  for (const {from, id} of linksOf(canvas)) {
    const [source, end] = [cells.get(from[0]), cells.get(id)]
    if (!source || !end || source === end || end.from.includes(source)) continue
    source.to.push(end)
    end.from.push(source)
  }
  return [...cells.values()]
}

/** Leave out the links that go round in a ring; without recursion, since rows may be long.
 * @param {Cell} start */
function cutRings(start) {
  if (start.state) return
  start.state = 1
  const stack = [{cell: start, next: 0}]
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const {cell} = top
    const end = cell.to[top.next]
    if (!end) {
      cell.state = 2
      stack.pop()
    } else if (end.state === 1) {
      cell.to.splice(top.next, 1)
      end.from.splice(end.from.indexOf(cell), 1)
    } else {
      top.next++
      if (end.state === 0) {
        end.state = 1
        stack.push({cell: end, next: 0})
      }
    }
  }
}

/** Cells behind all that feeds them.
 * @param {Cell[]} cells @returns {Cell[]} */
function inFlow(cells) {
  const open = new Map(cells.map(cell => [cell, cell.from.length]))
  const found = cells.filter(({from}) => !from.length)
  for (const cell of found) {
    for (const end of cell.to) {
      const left = (open.get(end) ?? 0) - 1
      open.set(end, left)
      if (left === 0) found.push(end)
    }
  }
  return found
}

/** The parts that no link joins, the largest first.
 * @param {Cell[]} cells @returns {Cell[][]} */
function partsOf(cells) {
  /** @type {Set<Cell>} */
  const seen = new Set()
  /** @type {Cell[][]} */
  const parts = []
  for (const cell of cells) {
    if (seen.has(cell)) continue
    seen.add(cell)
    const part = [cell]
    for (const one of part) {
      for (const other of [...one.from, ...one.to]) {
        if (seen.has(other)) continue
        seen.add(other)
        part.push(other)
      }
    }
    parts.push(part)
  }
  return parts.sort((a, b) => b.length - a.length)
}

/** The columns of a part, each in its order.
 * @param {Cell[]} part @returns {Cell[][]} */
function ordered(part) {
  /** @type {Map<number, Cell[]>} */
  const layers = new Map()
  for (const cell of part) {
    const column = layers.get(cell.layer)
    if (column) column.push(cell)
    else layers.set(cell.layer, [cell])
  }
  const columns = [...layers].sort(([a], [b]) => a - b).map(([, column]) => column)
  const number = (/** @type {Cell[]} */ column) => column.forEach((cell, at) => {
    cell.order = at - (column.length - 1) / 2
  })
  columns.forEach(number)
  for (let n = 0; n < SWEEPS; n++) {
    const side = n % 2 ? "to" : "from"
    for (const column of n % 2 ? columns.toReversed() : columns) {
      const wanted = new Map(column.map(cell =>
        [cell, mean(cell[side], ({order}) => order) ?? cell.order]))
      column.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0))
      number(column)
    }
  }
  for (const column of columns) stack(column)
  return columns
}

/** @param {Cell[]} column */
function stack(column) {
  const whole = column.reduce((sum, {h}) => sum + h + DOWN, -DOWN)
  let y = -whole / 2
  for (const cell of column) {
    cell.y = y
    y += cell.h + DOWN
  }
}

/** Bring each cell level with its neighbours of one side; cells that would overlap share the way.
 * @param {Cell[][]} columns @param {"from" | "to"} side */
function settle(columns, side) {
  for (const column of columns) {
    /** @type {Block[]} */
    const blocks = []
    for (const cell of column) {
      const level = mean(cell[side], one => one.y + one.h / 2) ?? cell.y + cell.h / 2
      let block = {cells: [cell], sum: level - cell.h / 2, h: cell.h}
      for (let above = blocks.at(-1); above && meets(above, block); above = blocks.at(-1)) {
        blocks.pop()
        const down = above.h + DOWN
        block = {
          cells: [...above.cells, ...block.cells],
          sum: above.sum + block.sum - down * block.cells.length,
          h: down + block.h,
        }
      }
      blocks.push(block)
    }
    for (const block of blocks) {
      let y = topOf(block)
      for (const cell of block.cells) {
        cell.y = y
        y += cell.h + DOWN
      }
    }
  }
}

/** @param {Block} above @param {Block} block @returns {boolean} */
function meets(above, block) {
  return topOf(above) + above.h + DOWN > topOf(block)
}

/** Where it wants to lie, all its cells taken together.
 * @param {Block} block @returns {number} */
function topOf({cells, sum}) {
  return sum / cells.length
}

/** @param {Cell[]} cells @param {(cell: Cell) => number} value @returns {number | null} */
function mean(cells, value) {
  return cells.length ? cells.reduce((sum, cell) => sum + value(cell), 0) / cells.length : null
}

/** Write down where the cells of a part lie; where it ends.
 * @param {Cell[][]} columns @param {number} top @param {Map<string, [number, number]>} places
 * @returns {number} */
function placed(columns, top, places) {
  const highest = Math.min(...columns.flat().map(({y}) => y))
  let [x, end] = [0, top]
  for (const column of columns) {
    for (const {id, y, h} of column) {
      const place = snapped(top + y - highest)
      places.set(id, [x, place])
      end = Math.max(end, place + h)
    }
    x = snapped(x + Math.max(...column.map(({w}) => w)) + ACROSS)
  }
  return snapped(end)
}

/** @param {number} value @returns {number} */
function snapped(value) {
  return Math.round(value / GRID) * GRID
}
