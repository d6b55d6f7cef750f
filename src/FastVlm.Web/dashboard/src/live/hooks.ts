import { useMemo, useSyncExternalStore } from 'react'
import { platformNow } from '../api/clock'
import type { Incident, Severity } from '../api/types'
import { unknownCamera, type CameraLive, type LiveState } from './state'
import { liveStore, type ConnectionState } from './store'

/** Draws again only when the selected part has changed its identity. */
export function useLive<T>(select: (state: LiveState) => T): T {
  return useSyncExternalStore(liveStore.subscribe, () => select(liveStore.getState()))
}

export function useCameraLive(id: string): CameraLive {
  return useLive((state) => state.cameras.get(id) ?? unknownCamera)
}

export function useConnection(): ConnectionState {
  return useSyncExternalStore(liveStore.subscribe, liveStore.getConnection)
}

/** Newest first. */
export function useOpenIncidents(cameraId?: string): Incident[] {
  const incidents = useLive((state) => state.incidents)
  return useMemo(
    () =>
      [...incidents.values()]
        .filter((incident) => cameraId === undefined || incident.cameraId === cameraId)
        .sort((a, b) => b.openedAt.localeCompare(a.openedAt)),
    [incidents, cameraId],
  )
}

/** The incident as live events tell it while it is open, else as it was read. */
export function useFreshIncident(read: Incident): Incident {
  const live = useLive((state) => state.incidents.get(read.id))
  return live !== undefined && read.state === 'open' && live.lastSeenAt >= read.lastSeenAt ? live : read
}

const bySeverity: Severity[] = ['critical', 'warning', 'info']

export function worstOf(incidents: readonly Incident[]): Severity | undefined {
  return bySeverity.find((severity) => incidents.some((incident) => incident.severity === severity))
}

/** How many incidents are open at a camera, and how bad the worst is. */
export function useIncidentMarker(cameraId: string): string {
  return useLive((state) => {
    const open = [...state.incidents.values()].filter((incident) => incident.cameraId === cameraId)
    return open.length === 0 ? '' : `${worstOf(open) ?? ''}:${open.length}`
  })
}

const tickListeners = new Set<() => void>()
let ticking: ReturnType<typeof setInterval> | undefined

function subscribeToTicks(listener: () => void): () => void {
  tickListeners.add(listener)
  ticking ??= setInterval(() => {
    for (const tell of tickListeners) tell()
  }, 1000)
  return () => {
    tickListeners.delete(listener)
    if (tickListeners.size === 0) {
      clearInterval(ticking)
      ticking = undefined
    }
  }
}

/** The platform's time, to the second; draws again every second. */
export function useNow(): number {
  return useSyncExternalStore(subscribeToTicks, () => Math.floor(platformNow() / 1000) * 1000)
}

/** This machine's time, to the second; draws again every second. */
export function useSeconds(): number {
  return useSyncExternalStore(subscribeToTicks, () => Math.floor(Date.now() / 1000) * 1000)
}

/** A break this short is not worth a word; the first connection may take longer. */
const TOLD_AFTER_MS = { connecting: 6000, lost: 2000, connected: Infinity }

/** What is shown may be old, since no event arrives. Draws again only when that changes. */
export function useIsStale(): boolean {
  return useSyncExternalStore(subscribeToTicks, () => {
    const { phase, since } = liveStore.getConnection()
    return Date.now() - since >= TOLD_AFTER_MS[phase]
  })
}
