// From stamps to the stages of a frame's way. Pure.

import type { StageStamps } from '../api/types'

export interface Stage {
  name: string
  seconds: number
  /** From capture to its end. */
  until: number
}

const order: [keyof StageStamps, string][] = [
  ['sampledAt', 'Sampled'],
  ['queuedAt', 'Queued'],
  ['startedAt', 'Waited for the model'],
  ['encodedAt', 'Encoded'],
  ['firstTokenAt', 'First token'],
  ['lastTokenAt', 'Last token'],
  ['matchedAt', 'Matched'],
  ['storedAt', 'Stored'],
  ['deliveredAt', 'Delivered'],
]

/** The stages that the frame has passed, each from the end of the one before. */
export function stagesOf(stamps: StageStamps, deliveredAt?: string | null): Stage[] {
  const captured = Date.parse(stamps.capturedAt)
  const all = { ...stamps, deliveredAt: stamps.deliveredAt ?? deliveredAt }
  const stages: Stage[] = []
  let before = captured
  for (const [key, name] of order) {
    const at = all[key]
    if (!at) continue
    const end = Math.max(before, Date.parse(at))
    stages.push({ name, seconds: (end - before) / 1000, until: (end - captured) / 1000 })
    before = end
  }
  return stages
}
