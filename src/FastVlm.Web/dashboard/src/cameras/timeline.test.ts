import { expect, it } from 'vitest'
import { captionOf } from '../testing'
import { median } from './latency'
import { withRecent } from './useCaptionTimeline'

it('puts captions that came since in front, newest first, each once', () => {
  const stored = [captionOf({ id: 'cap_2' }), captionOf({ id: 'cap_1' })]
  const recent = [captionOf({ id: 'cap_2' }), captionOf({ id: 'cap_3' }), captionOf({ id: 'cap_4' })]
  expect(withRecent(stored, recent).map(({ id }) => id)).toEqual(['cap_4', 'cap_3', 'cap_2', 'cap_1'])
})

it.each([
  [[], 0],
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
])('the median of %o is %f', (values, expected) => expect(median(values)).toBe(expected))
