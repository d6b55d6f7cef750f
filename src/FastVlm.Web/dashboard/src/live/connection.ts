// The one connection to the hub: never gives up, asks after a break for what was missed, and says when something is lost for good.

import { HubConnectionBuilder, HubConnectionState, LogLevel, type HubConnection } from '@microsoft/signalr'
import type { LiveBatch, LiveEvent, WatchAnswer } from '../api/live'
import type { LiveStore } from './store'

const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 8000

export interface LiveListeners {
  onEvents: (events: readonly LiveEvent[]) => void
  /** Events were missed that cannot be had any more: read everything again. */
  onGap: () => void
}

export class LiveConnection {
  private readonly hub: HubConnection
  private text = false
  private stopped = false

  constructor(
    private readonly store: LiveStore,
    private readonly listeners: LiveListeners,
  ) {
    this.hub = new HubConnectionBuilder()
      .withUrl('/hubs/live')
      .withAutomaticReconnect({ nextRetryDelayInMilliseconds: (context) => delayMs(context.previousRetryCount) })
      .configureLogging(LogLevel.None)
      .build()
    this.hub.on('events', (batch: LiveBatch) => this.take(batch.events, batch.dropped > 0))
    this.hub.onreconnecting(() => store.setPhase('lost'))
    this.hub.onreconnected(() => void this.watch())
    this.hub.onclose(() => store.setPhase('lost'))
  }

  async start(): Promise<void> {
    for (let attempt = 0; !this.stopped; attempt++) {
      try {
        await this.hub.start()
        await this.watch()
        return
      } catch {
        this.store.setPhase('lost')
        await new Promise((resolve) => setTimeout(resolve, delayMs(attempt)))
      }
    }
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.hub.stop()
  }

  /** Whether captions are wanted as they are written; only pages that show them ask. */
  setText(text: boolean): void {
    if (this.text === text) return
    this.text = text
    if (this.hub.state === HubConnectionState.Connected) void this.watch()
  }

  private async watch(): Promise<void> {
    const known = this.store.getState().sequence
    const after = known > 0 ? known : null
    const answer = await this.hub.invoke<WatchAnswer>('watch', { cameras: ['*'], text: this.text, after })
    const restarted = answer.sequence < known
    if (restarted) this.store.restartSequence(answer.sequence)
    this.store.setPhase('connected')
    this.take(answer.events, answer.missed > 0 || restarted)
  }

  private take(events: readonly LiveEvent[], lost: boolean): void {
    this.store.push(events)
    this.listeners.onEvents(events)
    if (lost) this.listeners.onGap()
  }
}

function delayMs(attempt: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** attempt, RETRY_MAX_MS)
}
