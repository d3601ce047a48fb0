// @ts-check
/** The number that puts a waiting job at another place: the lowest runs first. Pure. */

/** @typedef {{id: string, number: number}} Numbered */

/** @param {Numbered[]} waiting  in order @param {string} id @param {number} to  its new index
 * @returns {number} */
export function between(waiting, id, to) {
  const others = waiting.filter(job => job.id !== id)
  const before = others[to - 1]
  const behind = others[to]
  if (!before) return behind ? behind.number - 1 : 0
  if (!behind) return before.number + 1
  return (before.number + behind.number) / 2
}
