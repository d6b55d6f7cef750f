import { describe, expect, it } from 'vitest'
import { bytes, duration, plural, relative, seconds } from './format'

describe('format', () => {
  it.each([
    [0, '0 ms'],
    [0.0421, '42 ms'],
    [0.42, '0.42 s'],
    [1.5, '1.50 s'],
    [12.4, '12 s'],
    [75, '1 min'],
  ])('writes %f seconds as %s', (value, text) => expect(seconds(value)).toBe(text))

  it.each([
    [59.4, '59 s'],
    [60, '1 min'],
    [3600, '1 h'],
    [3900, '1 h 5 min'],
    [90_000, '1 d 1 h'],
  ])('writes a duration of %f s as %s', (value, text) => expect(duration(value)).toBe(text))

  it('tells past and future apart', () => {
    const now = Date.parse('2026-01-01T12:00:00Z')
    expect(relative('2026-01-01T11:58:00Z', now)).toBe('2 min ago')
    expect(relative('2026-01-01T12:00:30Z', now)).toBe('in 30 s')
    expect(relative('2026-01-01T11:59:59.500Z', now)).toBe('just now')
  })

  it('counts in words', () => {
    expect(plural(1, 'camera')).toBe('1 camera')
    expect(plural(2, 'delivery', 'deliveries')).toBe('2 deliveries')
    expect(bytes(3_200_000_000)).toBe('3.2 GB')
  })
})
