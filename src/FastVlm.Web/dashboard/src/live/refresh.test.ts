import { expect, it } from 'vitest'
import { incidentOf } from '../testing'
import { staleKeys } from './refresh'

it('reads incidents again when one opens or clears, not at every look', () => {
  const incident = incidentOf({ id: 'inc_1' })
  expect(staleKeys({ type: 'incident', sequence: 1, change: 'opened', incident })).toContainEqual(['incidents'])
  expect(staleKeys({ type: 'incident', sequence: 2, change: 'ongoing', incident })).toEqual([])
})

it('reads what is configured again after a change', () => {
  expect(staleKeys({ type: 'configuration', sequence: 1 })).toEqual([['cameras'], ['rules'], ['webhooks'], ['models']])
})
