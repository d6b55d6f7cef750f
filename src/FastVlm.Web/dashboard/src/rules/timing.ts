// A rule's timing in plain words. Pure.

import type { RuleTiming } from '../api/types'
import { wholeDuration } from '../ui/format'

export function timingInWords(timing: RuleTiming): string {
  const { onMatches, onWindow, offMisses, minimumDurationSeconds, clearAfterSeconds, cooldownSeconds } = timing
  const opens =
    onWindow <= 1
      ? 'Opens at the first match'
      : `Opens after ${onMatches} ${onMatches === 1 ? 'match' : 'matches'} in ${onWindow} looks`
  const held = minimumDurationSeconds > 0 ? ` that hold for ${wholeDuration(minimumDurationSeconds)}` : ''
  const clears = offMisses <= 1 ? 'the first look without a match' : `${offMisses} looks in a row without a match`
  const notBefore = clearAfterSeconds > 0 ? `, ${wholeDuration(clearAfterSeconds)} after the last match at the earliest` : ''
  const cooldown =
    cooldownSeconds > 0
      ? ` After an alert was delivered, the next one at that camera waits for ${wholeDuration(cooldownSeconds)}; nothing is lost.`
      : ''
  return `${opens}${held}; clears after ${clears}${notBefore}.${cooldown}`
}
