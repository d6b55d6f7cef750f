// The platform's clock as seen from here: a wall screen whose own clock is wrong must not show wrong ages.

const IGNORED_SKEW_MS = 2000
let skewMs = 0

/** Learns from an answer's Date header, which is exact to a second. */
export function learnClock(dateHeader: string | null, receivedAtMs: number): void {
  const serverMs = dateHeader === null ? Number.NaN : Date.parse(dateHeader)
  if (Number.isNaN(serverMs)) return
  const difference = serverMs + 500 - receivedAtMs
  skewMs = Math.abs(difference) > IGNORED_SKEW_MS ? difference : 0
}

export function platformNow(): number {
  return Date.now() + skewMs
}
