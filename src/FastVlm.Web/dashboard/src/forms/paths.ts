// Reading, replacing and comparing parts of a specification by their JSON path ("sampling.ratePerSecond"). Pure.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Every path to a value within T, with the value's type. */
export type PathsOf<T> = {
  [K in keyof T & string]: NonNullable<T[K]> extends readonly unknown[]
    ? K
    : NonNullable<T[K]> extends object
      ? K | `${K}.${PathsOf<NonNullable<T[K]>>}`
      : K
}[keyof T & string]

export function valueAt(spec: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((part, key) => (isObject(part) ? part[key] : undefined), spec)
}

/** A copy with one value replaced; what lies beside the path keeps its identity. */
export function withValueAt<T>(spec: T, path: string, value: unknown): T {
  const [key = '', ...rest] = path.split('.')
  const part: Record<string, unknown> = isObject(spec) ? spec : {}
  return { ...part, [key]: rest.length === 0 ? value : withValueAt(part[key], rest.join('.'), value) } as T
}

/** The JSON merge patch (RFC 7396) that makes one of the other; null where they are equal. */
export function mergePatch(from: object, to: object): Record<string, unknown> | null {
  const before = from as Record<string, unknown>
  const after = to as Record<string, unknown>
  const patch: Record<string, unknown> = {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[key], after[key]]
    if (isObject(old) && isObject(now)) {
      const inner = mergePatch(old, now)
      if (inner !== null) patch[key] = inner
    } else if (JSON.stringify(old) !== JSON.stringify(now)) {
      patch[key] = now ?? null
    }
  }
  return Object.keys(patch).length === 0 ? null : patch
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
