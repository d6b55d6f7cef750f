import { expect, it } from 'vitest'
import { fromLocalInput, toLocalInput } from './localTime'

it('brings a time through a field unchanged to the minute', () => {
  const iso = '2026-07-01T10:20:00.000Z'
  expect(fromLocalInput(toLocalInput(iso), '')).toBe(iso)
})

it('keeps what was there while a field is incomplete', () => {
  expect(fromLocalInput('', '2026-07-01T10:20:00.000Z')).toBe('2026-07-01T10:20:00.000Z')
})
