import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api } from '../api/client'
import { PAGE_LENGTH } from '../api/queries'
import type { CaptionRecord } from '../api/types'
import { useCameraLive } from '../live/hooks'

/** Stored captions, newest first, a page at a time; new ones join at the top unless something is searched for. */
export function useCaptionTimeline(cameraId: string, search: string) {
  const stored = useInfiniteQuery({
    queryKey: ['captions', cameraId, search],
    queryFn: ({ pageParam, signal }) =>
      api.get<CaptionRecord[]>(`/api/cameras/${cameraId}/captions`, { q: search, before: pageParam, limit: PAGE_LENGTH }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.length < PAGE_LENGTH ? undefined : page.at(-1)?.id),
    staleTime: Infinity,
    gcTime: 0,
  })
  const recent = useCameraLive(cameraId).recent
  const captions = useMemo(
    () => withRecent(stored.data?.pages.flat() ?? [], search === '' ? recent : []),
    [stored.data, recent, search],
  )
  return { ...stored, captions }
}

/** Puts captions that came since in front, each once. */
export function withRecent(stored: readonly CaptionRecord[], recent: readonly CaptionRecord[]): CaptionRecord[] {
  const known = new Set(stored.map((caption) => caption.id))
  return [...recent.filter((caption) => !known.has(caption.id)).reverse(), ...stored]
}
