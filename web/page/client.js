// @ts-check
/** This window's name on the wire: kept over a reload, another in every other window. */

const KEPT = "easel.client"

/** A window that was duplicated has the storage of the first; only a page that was loaded anew goes
 * on under its old name, or two would be one to the server.
 * @param {Pick<Storage, "getItem" | "setItem">} storage  of the window
 * @param {string} navigation  how the page was come to, as `PerformanceNavigationTiming.type` has it
 * @param {() => string} fresh  a new name
 * @returns {string} */
export function clientOf(storage, navigation, fresh) {
  const again = navigation === "reload" || navigation === "back_forward"
  const found = (again && storage.getItem(KEPT)) || fresh()
  storage.setItem(KEPT, found)
  return found
}

/** How the page was come to. @returns {string} */
export function navigated() {
  const [entry] = performance.getEntriesByType("navigation")
  return /** @type {PerformanceNavigationTiming | undefined} */ (entry)?.type ?? "navigate"
}

/** A name that nobody else has. `randomUUID` is not there on plain http from another machine.
 * @returns {string} 32 hexadecimal digits */
export function freshClient() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("")
}
