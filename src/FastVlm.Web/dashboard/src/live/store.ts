// Keeps the live state outside of React: components subscribe to the part they show, so an event of one camera draws one tile.

import type { LiveEvent } from '../api/live'
import type { CameraView, Incident } from '../api/types'
import { applyEvents, emptyState, seedCameras, seedIncidents, type LiveState } from './state'

/** Events are applied in batches: ten times a second is smooth, and little work with 50 cameras. */
const BATCH_MS = 100

export type ConnectionPhase = 'connecting' | 'connected' | 'lost'

export interface ConnectionState {
  phase: ConnectionPhase
  /** Since when, on this machine's clock, ms. */
  since: number
}

type Listener = () => void

export class LiveStore {
  private state = emptyState
  private connection: ConnectionState = { phase: 'connecting', since: Date.now() }
  private waiting: LiveEvent[] = []
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly listeners = new Set<Listener>()

  readonly subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly getState = (): LiveState => this.state

  readonly getConnection = (): ConnectionState => this.connection

  push(events: readonly LiveEvent[]): void {
    this.waiting.push(...events)
    this.timer ??= setTimeout(() => this.flush(), BATCH_MS)
  }

  setPhase(phase: ConnectionPhase): void {
    if (phase === this.connection.phase) return
    this.connection = { phase, since: Date.now() }
    this.tell()
  }

  /** Events up to this one are known, or gone for good. */
  setSequence(sequence: number): void {
    this.state = { ...this.state, sequence }
  }

  seedCameras(views: readonly CameraView[]): void {
    this.state = seedCameras(this.state, views)
    this.tell()
  }

  seedIncidents(open: readonly Incident[]): void {
    this.state = seedIncidents(this.state, open)
    this.tell()
  }

  private flush(): void {
    this.timer = undefined
    const events = this.waiting
    this.waiting = []
    this.state = applyEvents(this.state, events)
    this.tell()
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}

export const liveStore = new LiveStore()
