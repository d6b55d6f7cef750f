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
    this.hub.on('events', (batch: LiveBatch) => {
      this.take(batch.events)
      // Too many came for this connection: what is still kept comes with the next answer.
      if (batch.dropped > 0) this.watchAgain()
    })
    this.hub.onreconnecting(() => store.setPhase('lost'))
    this.hub.onreconnected(() => this.watchAgain())
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
    if (this.hub.state === HubConnectionState.Connected) this.watchAgain()
  }

  private async watch(): Promise<void> {
    const known = this.store.getState().sequence
    const after = known > 0 ? known : null
    const answer = await this.hub.invoke<WatchAnswer>('watch', { cameras: ['*'], text: this.text, after })
    // The platform counts from the beginning after a restart.
    const restarted = answer.sequence < known
    if (restarted || after === null) this.store.setSequence(answer.sequence)
    this.store.setPhase('connected')
    this.take(answer.events)
    if (answer.missed > 0 || restarted) this.listeners.onGap()
  }

  /** A failure means that the connection broke again, which is being mended. */
  private watchAgain(): void {
    this.watch().catch(() => this.store.setPhase('lost'))
  }

  private take(events: readonly LiveEvent[]): void {
    this.store.push(events)
    this.listeners.onEvents(events)
  }
}

function delayMs(attempt: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** attempt, RETRY_MAX_MS)
}
