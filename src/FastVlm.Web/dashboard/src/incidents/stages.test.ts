import { expect, it } from 'vitest'
import { stagesOf } from './stages'

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString()

it('measures each stage from the end of the one before', () => {
  const stages = stagesOf(
    { capturedAt: at(0), sampledAt: at(10), queuedAt: at(12), firstTokenAt: at(300), lastTokenAt: at(800) },
    at(1000),
  )
  expect(stages).toEqual([
    { name: 'Sampled', seconds: 0.01, until: 0.01 },
    { name: 'Queued', seconds: 0.002, until: 0.012 },
    { name: 'First token', seconds: 0.288, until: 0.3 },
    { name: 'Last token', seconds: 0.5, until: 0.8 },
    { name: 'Delivered', seconds: 0.2, until: 1 },
  ])
})

it('never shows a negative time where two clocks disagree', () => {
  expect(stagesOf({ capturedAt: at(0), sampledAt: at(20), queuedAt: at(15) }).map((stage) => stage.seconds)).toEqual([0.02, 0])
})
