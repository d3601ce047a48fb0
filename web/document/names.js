// @ts-check
/** Names of documents that nothing has yet. */

/** A name like `wanted` that is not taken: itself, or with the first free number behind it.
 * @param {string} wanted @param {Iterable<string>} taken @returns {string} */
export function freeName(wanted, taken) {
  const known = new Set([...taken].map(name => name.toLowerCase()))
  if (!known.has(wanted.toLowerCase())) return wanted
  const stem = wanted.replace(/ \d+$/, "")
  let number = 2
  while (known.has(`${stem} ${number}`.toLowerCase())) number++
  return `${stem} ${number}`
}
