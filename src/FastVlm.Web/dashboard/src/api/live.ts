// The JSON of the hub: the records in FastVlm.Pipeline.Live.

import type { CameraStatus, CaptionRecord, Delivery, Incident } from './types'

export type IncidentChangeKind = 'opened' | 'ongoing' | 'told' | 'cleared' | 'annotated'

interface LiveEventBase {
  sequence: number
  cameraId?: string | null
}

export type LiveEvent =
  | (LiveEventBase & { type: 'cameraState'; status: CameraStatus })
  | (LiveEventBase & { type: 'captionText'; frameIndex: number; text: string })
  | (LiveEventBase & { type: 'caption'; caption: CaptionRecord })
  | (LiveEventBase & { type: 'incident'; change: IncidentChangeKind; incident: Incident })
  | (LiveEventBase & { type: 'delivery'; delivery: Delivery })
  | (LiveEventBase & { type: 'configuration' })

export interface WatchAnswer {
  sequence: number
  missed: number
  events: LiveEvent[]
}

export interface LiveBatch {
  events: LiveEvent[]
  dropped: number
}
