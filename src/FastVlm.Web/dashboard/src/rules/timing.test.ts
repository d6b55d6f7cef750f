import { expect, it } from 'vitest'
import { defaultRule } from '../api/defaults'
import { timingInWords } from './timing'

it.each([
  [{}, 'Opens at the first match; clears after 3 looks in a row without a match, 5 s after the last match at the earliest.'],
  [
    { onMatches: 2, onWindow: 3, offMisses: 1, clearAfterSeconds: 0 },
    'Opens after 2 matches in 3 looks; clears after the first look without a match.',
  ],
  [
    { onMatches: 1, onWindow: 2, minimumDurationSeconds: 90, clearAfterSeconds: 0, cooldownSeconds: 600 },
    'Opens after 1 match in 2 looks that hold for 1 min 30 s; clears after 3 looks in a row without a match. ' +
      'After an alert was delivered, the next one at that camera waits for 10 min; nothing is lost.',
  ],
])('says %o in words', (part, words) => {
  expect(timingInWords({ ...defaultRule.timing, ...part })).toBe(words)
})
