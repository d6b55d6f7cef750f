import { describe, expect, it } from 'vitest'
import { partsOfSearch, partsOfSpan } from './spans'

const marked = (parts: { text: string; marked: boolean }[]) =>
  parts.map((part) => (part.marked ? `[${part.text}]` : part.text)).join('')

describe('highlighting', () => {
  it('marks the span that a rule matched', () => {
    expect(marked(partsOfSpan('A part dropped.', 2, 'part dropped'))).toBe('A [part dropped].')
  })

  it('marks nothing where the span does not stand at its place', () => {
    expect(marked(partsOfSpan('A part dropped.', 5, 'part'))).toBe('A part dropped.')
    expect(marked(partsOfSpan('A part dropped.', -1, null))).toBe('A part dropped.')
  })

  it.each([
    ['part', 'A [part] dropped; the partition stands.'],
    ['part*', 'A [part] dropped; the [partition] stands.'],
    ['"part dropped"', 'A [part dropped]; the partition stands.'],
    ['STANDS part', 'A [part] dropped; the partition [stands].'],
    ['(', 'A part dropped; the partition stands.'],
    ['*', 'A part dropped; the partition stands.'],
    ['part part*', 'A [part] dropped; the [partition] stands.'],
  ])('marks what the search %s finds', (search, expected) => {
    expect(marked(partsOfSearch('A part dropped; the partition stands.', search))).toBe(expected)
  })

  it('keeps every character of the text', () => {
    const text = 'Größe: 3 Teile, ein Teil fehlt.'
    expect(
      partsOfSearch(text, 'teil* größe')
        .map((part) => part.text)
        .join(''),
    ).toBe(text)
  })
})
