import { useQuery } from '@tanstack/react-query'
import { camerasQuery } from '../api/queries'
import type { CameraSelector } from '../api/types'

/** A selector in words. */
export function CameraNames({ selector }: { selector: CameraSelector }) {
  const cameras = useQuery(camerasQuery).data ?? []
  if (selector.ids.length === 0 && selector.tags.length === 0) return 'Every camera'
  const names = selector.ids.map((id) => cameras.find((camera) => camera.id === id)?.spec.name ?? id)
  return [...names, ...selector.tags.map((tag) => `tag ${tag}`)].join(', ')
}
