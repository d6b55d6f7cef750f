import { expect, it } from 'vitest'
import { captionOf } from '../testing'
import { failed, loaded, nothingAgreed, offer } from './agreement'

const [first, second, third] = ['cap_1', 'cap_2', 'cap_3'].map((id) => captionOf({ id })) as [
  ReturnType<typeof captionOf>,
  ReturnType<typeof captionOf>,
  ReturnType<typeof captionOf>,
]

it('shows a caption only once its picture is there', () => {
  const waiting = offer(nothingAgreed, first)
  expect(waiting).toMatchObject({ shown: null, pending: first })
  expect(loaded(waiting)).toMatchObject({ shown: first, pending: null, missing: false })
})

it('fetches one picture at a time, then the newest', () => {
  const waiting = offer(offer(nothingAgreed, first), second)
  expect(waiting.pending).toBe(first)
  expect(offer(loaded(waiting), third).pending).toBe(third)
})

it('keeps picture and words when one picture cannot be fetched, and does not ask for it again', () => {
  const kept = failed(offer(loaded(offer(nothingAgreed, first)), second))
  expect(kept).toMatchObject({ shown: first, missing: false })
  expect(offer(kept, second)).toBe(kept)
})

it('goes on with the words alone when pictures fail again and again', () => {
  const kept = failed(offer(loaded(offer(nothingAgreed, first)), second))
  expect(failed(offer(kept, third))).toMatchObject({ shown: third, missing: true })
})

it('shows the words at once where there never was a picture', () => {
  expect(failed(offer(nothingAgreed, first))).toMatchObject({ shown: first, missing: true })
})
