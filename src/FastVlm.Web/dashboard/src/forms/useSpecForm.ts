// A form over a specification. The platform validates: its sentences appear at the fields that they name.

import { useMemo, useState } from 'react'
import { ApiProblem, faultsAt, faultsElsewhere, sentenceFor } from '../api/problem'
import { mergePatch, valueAt, withValueAt, type PathsOf } from './paths'

export interface SpecForm<T extends object> {
  value: T
  /** What changed since the form was opened or saved; null where nothing did. */
  patch: Record<string, unknown> | null
  busy: boolean
  /** Faults that no shown field takes, and failures of the request itself. */
  faults: string[]
  set: (path: PathsOf<T>, value: unknown) => void
  replace: (value: T) => void
  reset: (value: T) => void
  faultAt: (path: string) => string | undefined
  /** Runs a request; its faults become the form's. Gives undefined where it failed. */
  submit: <R>(request: () => Promise<R>) => Promise<R | undefined>
  text: (path: PathsOf<T>) => TextField
  number: (path: PathsOf<T>) => NumberField
  flag: (path: PathsOf<T>) => FlagField
  choice: (path: PathsOf<T>) => ChoiceField
}

interface Field {
  error: string | undefined
}

interface TextField extends Field {
  value: string
  onChange: (event: { currentTarget: { value: string } }) => void
}

interface NumberField extends Field {
  value: number | string
  onChange: (value: number | string) => void
}

interface FlagField extends Field {
  checked: boolean
  onChange: (event: { currentTarget: { checked: boolean } }) => void
}

interface ChoiceField extends Field {
  value: string
  onChange: (value: string | null) => void
}

/**
 * @param initial What the form shows first; a newer one is taken over while nothing was changed.
 * @param shown Paths that have a field of their own; faults elsewhere are listed above the form.
 */
export function useSpecForm<T extends object>(initial: T, shown: readonly string[]): SpecForm<T> {
  const [saved, setSaved] = useState(initial)
  const [value, setValue] = useState(initial)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)

  const errors = useMemo(() => (failure instanceof ApiProblem ? failure.errors : {}), [failure])
  const patch = useMemo(() => mergePatch(saved, value), [saved, value])
  const [seen, setSeen] = useState(initial)
  // Compared by value: a caller may make it anew at every drawing.
  if (seen !== initial && mergePatch(seen, initial) !== null) {
    setSeen(initial)
    if (patch === null) {
      setSaved(initial)
      setValue(initial)
    }
  }
  const set = (path: PathsOf<T>, next: unknown) => setValue((current) => withValueAt(current, path, next))
  const faultAt = (path: string) => faultsAt(errors, path).join(' ') || undefined

  const submit = async <R>(request: () => Promise<R>): Promise<R | undefined> => {
    setBusy(true)
    setFailure(null)
    try {
      return await request()
    } catch (error) {
      setFailure(error)
      return undefined
    } finally {
      setBusy(false)
    }
  }

  return {
    value,
    patch,
    busy,
    faults: faultsToList(failure, errors, shown),
    set,
    replace: setValue,
    reset: (next) => {
      setSaved(next)
      setValue(next)
      setFailure(null)
    },
    faultAt,
    submit,
    text: (path) => ({
      value: (valueAt(value, path) as string | null) ?? '',
      error: faultAt(path),
      onChange: (event) => set(path, event.currentTarget.value),
    }),
    number: (path) => ({
      value: (valueAt(value, path) as number | null) ?? '',
      error: faultAt(path),
      onChange: (next) => set(path, next === '' ? null : Number(next)),
    }),
    flag: (path) => ({
      checked: valueAt(value, path) === true,
      error: faultAt(path),
      onChange: (event) => set(path, event.currentTarget.checked),
    }),
    choice: (path) => ({
      value: valueAt(value, path) as string,
      error: faultAt(path),
      onChange: (next) => next !== null && set(path, next),
    }),
  }
}

function faultsToList(failure: unknown, errors: Record<string, string[]>, shown: readonly string[]): string[] {
  if (failure === null) return []
  return Object.keys(errors).length > 0 ? faultsElsewhere(errors, shown) : [sentenceFor(failure)]
}
