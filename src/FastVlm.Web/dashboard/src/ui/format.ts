// Numbers and times for people. Pure.

export function seconds(value: number): string {
  if (value < 0.0995) return `${Math.round(value * 1000)} ms`
  if (value < 9.995) return `${value.toFixed(2)} s`
  return duration(value)
}

/** "12 s", "4 min", "2 h 5 min", "3 d 4 h". */
export function duration(value: number): string {
  const total = Math.max(0, Math.round(value))
  if (total < 60) return `${total} s`
  const minutes = Math.floor(total / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  const days = Math.floor(hours / 24)
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`
}

/** Without rounding to the larger unit: "1 min 30 s". For what somebody has set. */
export function wholeDuration(value: number): string {
  const [hours, minutes, rest] = [Math.floor(value / 3600), Math.floor((value % 3600) / 60), Math.round((value % 60) * 1000) / 1000]
  const parts = [hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : '', rest > 0 ? `${rest} s` : '']
  return parts.filter(Boolean).join(' ') || '0 s'
}

export function relative(iso: string, nowMs: number): string {
  const difference = (nowMs - Date.parse(iso)) / 1000
  if (difference < -1) return `in ${duration(-difference)}`
  return difference < 1 ? 'just now' : `${duration(difference)} ago`
}

export function exact(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
}

export function clockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`
}

export function count(value: number): string {
  return value.toLocaleString('en').replaceAll(',', '\u2009')
}

export function bytes(value: number): string {
  if (value < 1e6) return `${Math.round(value / 1e3)} kB`
  return value < 1e9 ? `${(value / 1e6).toFixed(0)} MB` : `${(value / 1e9).toFixed(1)} GB`
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}
