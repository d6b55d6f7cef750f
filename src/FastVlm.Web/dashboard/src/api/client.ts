// One place that talks HTTP: JSON in, JSON out, faults as ApiProblem or Unreachable.

import { learnClock } from './clock'
import { ApiProblem, Unreachable, type ProblemDetails } from './problem'

type Query = Record<string, string | number | boolean | null | undefined>

/** Told when the platform asks for a sign-in. */
let onSignInNeeded: () => void = () => undefined

export function whenSignInIsNeeded(callback: () => void): void {
  onSignInNeeded = callback
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => send<T>('GET', withQuery(path, query), undefined, signal),
  post: <T>(path: string, body?: unknown, signal?: AbortSignal) => send<T>('POST', path, body, signal),
  put: <T>(path: string, body: unknown) => send<T>('PUT', path, body),
  patch: <T>(path: string, body: unknown) => send<T>('PATCH', path, body),
  delete: (path: string) => send<undefined>('DELETE', path),
}

export function withQuery(path: string, query: Query = {}): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`)
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`
}

async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await fetchOrExplain(path, {
    method,
    signal: signal ?? null,
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  })
  learnClock(response.headers.get('Date'), Date.now())
  if (response.status === 401) onSignInNeeded()
  if (!response.ok) throw new ApiProblem(response.status, await problemOf(response))
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

async function fetchOrExplain(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Unreachable()
  }
}

async function problemOf(response: Response): Promise<ProblemDetails> {
  try {
    return (await response.json()) as ProblemDetails
  } catch {
    return { title: response.statusText }
  }
}
