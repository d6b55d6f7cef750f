// Between ISO 8601 in UTC and what a browser's date-and-time field shows. Pure.

/** "2026-03-04T05:06" in the browser's time zone. */
export function toLocalInput(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return ''
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** An incomplete field keeps what was there. */
export function fromLocalInput(text: string, before: string): string {
  const date = new Date(text)
  return text === '' || Number.isNaN(date.getTime()) ? before : date.toISOString()
}
