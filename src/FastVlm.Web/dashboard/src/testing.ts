// Made-up entries for tests.

import { defaultCamera } from './api/defaults'
import type { CameraView, CaptionRecord, Incident } from './api/types'

export function captionOf(part: Partial<CaptionRecord> & { id: string }): CaptionRecord {
  return {
    cameraId: 'cam_1',
    text: 'A part dropped.',
    prompt: 'Describe the image.',
    modelName: 'model',
    reason: 'rate',
    frameIndex: 1,
    stamps: { capturedAt: '2026-01-01T00:00:00Z' },
    frameAgeSeconds: 1,
    timeToFirstTokenSeconds: 0.5,
    newTokenCount: 5,
    matchedRules: [],
    answers: {},
    ...part,
  }
}

export function incidentOf(part: Partial<Incident> & { id: string }): Incident {
  return {
    kind: 'rule',
    cameraId: 'cam_1',
    title: 'Part dropped at Line 3',
    why: "The caption says 'part dropped'.",
    severity: 'critical',
    state: 'open',
    openedAt: '2026-01-01T00:00:00Z',
    lastSeenAt: '2026-01-01T00:00:00Z',
    count: 1,
    alert: 'told',
    ...part,
  }
}

export function cameraOf(id: string, spec: Partial<CameraView['spec']> = {}): CameraView {
  return {
    id,
    spec: { ...defaultCamera, name: id, ...spec },
    origin: 'api',
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    report: null,
  }
}
