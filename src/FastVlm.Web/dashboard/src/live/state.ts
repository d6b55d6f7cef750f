// What is known live, and how events change it. Pure: no clock, no network, no React.

import type { LiveEvent } from '../api/live'
import type { CameraStatus, CameraView, CaptionRecord, Incident } from '../api/types'

/** Captions whose latencies the sparkline shows. */
const RECENT_CAPTIONS_MAX = 180

export interface Writing {
  frameIndex: number
  text: string
}

export interface CameraLive {
  status: CameraStatus | null
  /** The newest complete caption. */
  caption: CaptionRecord | null
  /** The caption that the model is writing now, about a newer picture. */
  writing: Writing | null
  /** Oldest first. */
  recent: readonly CaptionRecord[]
}

export interface LiveState {
  sequence: number
  cameras: ReadonlyMap<string, CameraLive>
  /** Only those that are open. */
  incidents: ReadonlyMap<string, Incident>
}

export const emptyState: LiveState = { sequence: 0, cameras: new Map(), incidents: new Map() }

export const unknownCamera: CameraLive = { status: null, caption: null, writing: null, recent: [] }

/** Applies events in their order, each once; what no event touches keeps its identity. */
export function applyEvents(state: LiveState, events: readonly LiveEvent[]): LiveState {
  if (events.length === 0) return state
  const cameras = new Map(state.cameras)
  let incidents = state.incidents
  let sequence = state.sequence
  for (const event of events) {
    // Pieces of text are not numbered: 0.
    if (event.sequence > 0 && event.sequence <= sequence) continue
    sequence = Math.max(sequence, event.sequence)
    if (event.type === 'incident') {
      incidents = withIncident(incidents, event.incident)
    } else if (event.cameraId) {
      const before = cameras.get(event.cameraId) ?? unknownCamera
      cameras.set(event.cameraId, applyToCamera(before, event))
    }
  }
  return { sequence, cameras, incidents }
}

/** Takes what was read over HTTP, unless events have told something newer. */
export function seedCameras(state: LiveState, views: readonly CameraView[]): LiveState {
  const cameras = new Map<string, CameraLive>()
  for (const { id, report } of views) {
    const known = state.cameras.get(id) ?? unknownCamera
    cameras.set(id, {
      ...known,
      status: newerStatus(known.status, report?.status ?? null),
      caption: newerCaption(known.caption, report?.lastCaption ?? null),
    })
  }
  return { ...state, cameras }
}

export function seedIncidents(state: LiveState, open: readonly Incident[]): LiveState {
  return { ...state, incidents: new Map(open.map((incident) => [incident.id, incident])) }
}

function applyToCamera(camera: CameraLive, event: LiveEvent): CameraLive {
  switch (event.type) {
    case 'cameraState':
      return { ...camera, status: event.status, writing: event.status.state === 'live' ? camera.writing : null }
    case 'captionText':
      return { ...camera, writing: appended(camera.writing, event.frameIndex, event.text) }
    case 'caption':
      return {
        ...camera,
        caption: newerCaption(camera.caption, event.caption),
        writing: camera.writing?.frameIndex === event.caption.frameIndex ? null : camera.writing,
        recent: [...camera.recent, event.caption].slice(-RECENT_CAPTIONS_MAX),
      }
    default:
      return camera
  }
}

function appended(writing: Writing | null, frameIndex: number, text: string): Writing {
  return writing?.frameIndex === frameIndex ? { frameIndex, text: writing.text + text } : { frameIndex, text }
}

function withIncident(incidents: ReadonlyMap<string, Incident>, incident: Incident): ReadonlyMap<string, Incident> {
  const next = new Map(incidents)
  if (incident.state === 'open') next.set(incident.id, incident)
  else next.delete(incident.id)
  return next
}

function newerCaption(known: CaptionRecord | null, read: CaptionRecord | null): CaptionRecord | null {
  if (known === null || read === null) return known ?? read
  return Date.parse(read.stamps.capturedAt) >= Date.parse(known.stamps.capturedAt) ? read : known
}

function newerStatus(known: CameraStatus | null, read: CameraStatus | null): CameraStatus | null {
  if (known === null || read === null) return known ?? read
  return Date.parse(read.since) >= Date.parse(known.since) ? read : known
}
