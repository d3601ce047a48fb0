import assert from "node:assert/strict"
import {test} from "node:test"

import {duration, moment, size} from "../../../web/panels/amounts.js"
import {spokenIn, translating} from "../../../web/texts/index.js"

const spoken = await spokenIn("en")
const t = translating(() => spoken)

test("seconds are told as finely as they matter", () => {
  assert.deepEqual([0.42, 9.96, 61, 125, 3660].map(n => duration(n, t)),
    ["0.4 s", "10 s", "61 s", "2:05 min", "1:01 h"])
})

test("sizes have two or three digits", () => {
  assert.deepEqual([0, 999, 1500, 12_345, 34_000_000].map(size),
    ["0 B", "999 B", "1.5 kB", "12 kB", "34 MB"])
})

test("a moment is told from now", () => {
  const now = new Date(2026, 4, 3, 14, 5).getTime()
  assert.equal(moment(now - 1000, now, t, "en"), "just now")
  assert.equal(moment(now - 61_000, now, t, "en"), "1 min ago")
  assert.match(moment(now - 4 * 3_600_000, now, t, "en"), /10:05/)
  assert.match(moment(now - 48 * 3_600_000, now, t, "en"), /May/)
  assert.match(moment(new Date(2024, 4, 3).getTime(), now, t, "en"), /2024/)
})
