// Which of the things read over HTTP an event makes old. Refreshed at most once a second.

import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { LiveEvent } from '../api/live'

const REFRESH_MS = 1000

export function staleKeys(event: LiveEvent): QueryKey[] {
  switch (event.type) {
    case 'configuration':
      return [['cameras'], ['rules'], ['webhooks'], ['models']]
    case 'incident':
      // "Ongoing" only moves count and time, which the live state carries.
      return event.change === 'ongoing' ? [] : [['incidents'], ['health']]
    case 'delivery':
      return [['deliveries'], ['webhooks'], ['incidents', 'one']]
    case 'cameraState':
      return [['health']]
    default:
      return []
  }
}

export class Refresher {
  private readonly waiting = new Map<string, QueryKey>()
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly client: QueryClient) {}

  take(events: readonly LiveEvent[]): void {
    for (const key of events.flatMap(staleKeys)) this.waiting.set(JSON.stringify(key), key)
    if (this.waiting.size > 0) this.timer ??= setTimeout(() => this.refresh(), REFRESH_MS)
  }

  private refresh(): void {
    this.timer = undefined
    for (const queryKey of this.waiting.values()) void this.client.invalidateQueries({ queryKey })
    this.waiting.clear()
  }
}
