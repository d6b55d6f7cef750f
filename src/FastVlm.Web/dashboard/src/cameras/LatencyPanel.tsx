import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { api } from '../api/client'
import type { CaptionRecord } from '../api/types'
import { useCameraLive } from '../live/hooks'
import { Panel } from '../ui/Page'
import { seconds } from '../ui/format'
import { median } from './latency'
import { withRecent } from './useCaptionTimeline'
import styles from './cameras.module.css'

const LatencyChart = lazy(() => import('./LatencyChart'))
const CAPTIONS_SHOWN = 180

/** Time to first token and frame age of the last captions. */
export function LatencyPanel({ cameraId }: { cameraId: string }) {
  const recent = useCameraLive(cameraId).recent
  const stored = useQuery({
    queryKey: ['latency', cameraId],
    queryFn: ({ signal }) => api.get<CaptionRecord[]>(`/api/cameras/${cameraId}/captions`, { limit: CAPTIONS_SHOWN }, signal),
    staleTime: Infinity,
    gcTime: 0,
  })
  const captions = useMemo(
    () =>
      withRecent(stored.data ?? [], recent)
        .slice(0, CAPTIONS_SHOWN)
        .reverse(),
    [stored.data, recent],
  )
  const summary =
    captions.length === 0
      ? 'No captions yet'
      : `Median of the last ${captions.length}: first token ${seconds(median(captions.map((c) => c.timeToFirstTokenSeconds)))}, ` +
        `frame age ${seconds(median(captions.map((c) => c.frameAgeSeconds)))}`
  return (
    <Panel title="Latency">
      <span className="tabular">{summary}</span>
      <div className={styles.chart} role="img" aria-label={`Chart of latencies. ${summary}`}>
        <Suspense>
          <LatencyChart captions={captions} />
        </Suspense>
      </div>
    </Panel>
  )
}
