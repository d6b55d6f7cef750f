// Which parts of a text to highlight. Pure.

export interface Part {
  text: string
  marked: boolean
}

/** Splits a text at one span of it. */
export function partsOfSpan(text: string, start: number, span: string | null | undefined): Part[] {
  if (!span || start < 0 || text.slice(start, start + span.length) !== span) return [{ text, marked: false }]
  return joined(text, [[start, start + span.length]])
}

/** Splits a text at the words, "phrases" and prefix* of a search, without regard to case. */
export function partsOfSearch(text: string, search: string): Part[] {
  const ranges: [number, number][] = []
  for (const pattern of patternsOf(search)) {
    for (const match of text.matchAll(pattern)) ranges.push([match.index, match.index + match[0].length])
  }
  return joined(text, ranges)
}

function patternsOf(search: string): RegExp[] {
  const terms = [...search.matchAll(/"([^"]+)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '')
  return terms
    .map((term) => term.replaceAll('"', ''))
    .filter((term) => term.replaceAll('*', '') !== '')
    .map((term) => {
      const isPrefix = term.endsWith('*')
      const words = escaped(isPrefix ? term.replace(/\*+$/, '') : term).replace(/\s+/g, '\\s+')
      return new RegExp(`(?<![\\p{L}\\p{N}])${words}${isPrefix ? '[\\p{L}\\p{N}]*' : '(?![\\p{L}\\p{N}])'}`, 'giu')
    })
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function joined(text: string, ranges: [number, number][]): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const [from, to] of ranges.sort((a, b) => a[0] - b[0])) {
    if (to <= at) continue
    const start = Math.max(from, at)
    if (start > at) parts.push({ text: text.slice(at, start), marked: false })
    parts.push({ text: text.slice(start, to), marked: true })
    at = to
  }
  if (at < text.length || parts.length === 0) parts.push({ text: text.slice(at), marked: false })
  return parts
}
