// Which cameras the wall shows. Pure.

import type { CameraView } from '../api/types'
import type { LiveState } from '../live/state'

export interface WallFilter {
  search: string
  tag: string
  state: string
}

export type StateChoice = 'live' | 'trouble' | 'disabled' | 'incident'

export function visibleCameras(cameras: readonly CameraView[], live: LiveState, filter: WallFilter): CameraView[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean)
  const troubled = filter.state === 'incident' ? camerasWithIncidents(live) : null
  return cameras.filter(({ id, spec }) => {
    const text = `${spec.name} ${spec.tags.join(' ')} ${live.cameras.get(id)?.caption?.text ?? ''}`.toLowerCase()
    return (
      words.every((word) => text.includes(word)) &&
      (filter.tag === '' || spec.tags.includes(filter.tag)) &&
      (troubled === null ? isInState(filter.state, live.cameras.get(id)?.status?.state, spec.enabled) : troubled.has(id))
    )
  })
}

export function allTags(cameras: readonly CameraView[]): string[] {
  return [...new Set(cameras.flatMap((camera) => camera.spec.tags))].sort((a, b) => a.localeCompare(b))
}

function isInState(choice: string, state: string | undefined, enabled: boolean): boolean {
  switch (choice) {
    case 'live':
      return state === 'live'
    case 'trouble':
      return enabled && state !== 'live'
    case 'disabled':
      return !enabled
    default:
      return true
  }
}

function camerasWithIncidents(live: LiveState): Set<string> {
  return new Set([...live.incidents.values()].flatMap((incident) => incident.cameraId ?? []))
}
