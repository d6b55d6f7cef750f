// Which caption is shown while pictures are fetched one at a time. Pure.

import type { CaptionRecord } from '../api/types'

export interface Agreement {
  shown: CaptionRecord | null
  pending: CaptionRecord | null
  missing: boolean
  /** Pictures in a row that could not be fetched. */
  failures: number
  /** The last of them, which is not asked for again. */
  failedId: string | null
}

export const nothingAgreed: Agreement = { shown: null, pending: null, missing: false, failures: 0, failedId: null }

/** One failure may be the network's; after two the words go on without their pictures. */
const FAILURES_BORNE = 1

export function offer(state: Agreement, newest: CaptionRecord | null): Agreement {
  const known = newest === null || newest.id === state.shown?.id || newest.id === state.failedId
  return known || state.pending !== null ? state : { ...state, pending: newest }
}

export function loaded(state: Agreement): Agreement {
  return state.pending === null ? state : { ...nothingAgreed, shown: state.pending }
}

export function failed(state: Agreement): Agreement {
  if (state.pending === null) return state
  const failures = state.failures + 1
  const goOn = state.shown === null || state.missing || failures > FAILURES_BORNE
  return goOn
    ? { shown: state.pending, pending: null, missing: true, failures, failedId: null }
    : { ...state, pending: null, failures, failedId: state.pending.id }
}
