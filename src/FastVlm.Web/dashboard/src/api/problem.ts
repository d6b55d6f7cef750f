// Faults as the API tells them: RFC 9457 problem details, with one sentence per JSON path for what a user wrote.

export interface ProblemDetails {
  title?: string
  detail?: string
  status?: number
  errors?: Record<string, string[]>
}

export class ApiProblem extends Error {
  readonly status: number
  readonly errors: Record<string, string[]>

  constructor(status: number, details: ProblemDetails) {
    super(sentenceOf(status, details))
    this.name = 'ApiProblem'
    this.status = status
    this.errors = details.errors ?? {}
  }
}

/** The request never came to an answer. */
export class Unreachable extends Error {
  constructor() {
    super('The platform does not answer; check that it runs and that the network leads to it.')
    this.name = 'Unreachable'
  }
}

function sentenceOf(status: number, details: ProblemDetails): string {
  const first = Object.values(details.errors ?? {})[0]?.[0]
  return details.detail ?? first ?? details.title ?? `The platform answered with status ${status}.`
}

/** The sentences for one field, given without the leading "$."; those of its parts count as its own. */
export function faultsAt(errors: Record<string, string[]>, path: string): string[] {
  return Object.entries(errors)
    .filter(([key]) => isAtOrBelow(normalise(key), path))
    .flatMap(([, sentences]) => sentences)
}

/** The sentences that belong to none of the fields shown. */
export function faultsElsewhere(errors: Record<string, string[]>, shown: readonly string[]): string[] {
  return Object.entries(errors)
    .filter(([key]) => !shown.some((path) => isAtOrBelow(normalise(key), path)))
    .flatMap(([, sentences]) => sentences)
}

export function sentenceFor(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function normalise(path: string): string {
  return path.replace(/^\$\.?/, '')
}

function isAtOrBelow(key: string, path: string): boolean {
  return key === path || key.startsWith(`${path}.`) || key.startsWith(`${path}[`)
}
