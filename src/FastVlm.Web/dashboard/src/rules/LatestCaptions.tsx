import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api } from '../api/client'
import { camerasQuery } from '../api/queries'
import type { CameraSelector, CameraView, CaptionRecord } from '../api/types'
import { Ago } from '../ui/Time'
import { TryResult } from './TryResult'
import { useRuleTry } from './useRuleTry'
import styles from './rules.module.css'

const READ_COUNT = 100
const SHOWN_COUNT = 6

/** The expression tried on the newest captions that differ, of the cameras that the rule means. */
export function LatestCaptions({ expression, cameras }: { expression: string; cameras: CameraSelector }) {
  const known = useQuery(camerasQuery).data
  const { data } = useQuery({
    queryKey: ['captions', 'latest'],
    queryFn: ({ signal }) => api.get<CaptionRecord[]>('/api/captions', { limit: READ_COUNT }, signal),
  })
  const latest = useMemo(() => differing(data ?? [], cameras, known ?? []), [data, cameras, known])
  if (latest.length === 0) return null
  return (
    <div data-testid="try-latest">
      <h3 className={styles.subtitle}>On the latest captions</h3>
      <ul className={styles.latest}>
        {latest.map((caption) => (
          <Tried
            key={caption.id}
            caption={caption}
            expression={expression}
            name={known?.find((camera) => camera.id === caption.cameraId)?.spec.name}
          />
        ))}
      </ul>
    </div>
  )
}

function Tried({ caption, expression, name }: { caption: CaptionRecord; expression: string; name: string | undefined }) {
  const result = useRuleTry(expression, caption.text)
  return (
    <li>
      <TryResult
        result={result}
        text={caption.text}
        note={
          <>
            {name}, <Ago at={caption.stamps.capturedAt} />
          </>
        }
      />
    </li>
  )
}

function differing(captions: CaptionRecord[], selector: CameraSelector, cameras: CameraView[]): CaptionRecord[] {
  const everywhere = selector.ids.length === 0 && selector.tags.length === 0
  const meant = new Set(
    cameras
      .filter(({ id, spec }) => everywhere || selector.ids.includes(id) || spec.tags.some((tag) => selector.tags.includes(tag)))
      .map(({ id }) => id),
  )
  const byText = new Map<string, CaptionRecord>()
  for (const caption of captions) {
    if (meant.has(caption.cameraId) && !byText.has(caption.text)) byText.set(caption.text, caption)
  }
  return [...byText.values()].slice(0, SHOWN_COUNT)
}
