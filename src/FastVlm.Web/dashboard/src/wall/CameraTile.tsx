import { useIntersection } from '@mantine/hooks'
import { memo } from 'react'
import { Link } from 'react-router'
import { useCameraLive, useIncidentMarker } from '../live/hooks'
import type { CameraLive } from '../live/state'
import { AgreedPicture, useAgreedPicture } from '../ui/AgreedPicture'
import { CameraStateBadge } from '../ui/Badge'
import { seconds } from '../ui/format'
import { IncidentMarker } from './IncidentMarker'
import { Ago, Lasting } from '../ui/Time'
import styles from './wall.module.css'

interface CameraTileProps {
  id: string
  name: string
  enabled: boolean
}

/** One camera. Draws itself again when its own events arrive, and only then. */
export const CameraTile = memo(function CameraTile({ id, name, enabled }: CameraTileProps) {
  const camera = useCameraLive(id)
  const marker = useIncidentMarker(id)
  const { ref, entry } = useIntersection<HTMLLIElement>({ rootMargin: '200px' })
  const agreed = useAgreedPicture(camera.caption, entry?.isIntersecting ?? false)
  const state = enabled ? camera.status?.state : 'disabled'
  const isLive = state === 'live'
  return (
    <li ref={ref} className={styles.item}>
      <article
        className={styles.tile}
        aria-label={name}
        data-testid="tile"
        data-camera={id}
        data-stale={!isLive || undefined}
        data-marker={marker.split(':')[0]}
      >
        <div className={styles.picture}>
          <AgreedPicture agreed={agreed} cameraName={name} />
          <div className={styles.overlay}>
            <CameraStateBadge state={state} title={camera.status?.reason ?? undefined} />
            <IncidentMarker marker={marker} cameraId={id} />
          </div>
          {!isLive && <Trouble camera={camera} enabled={enabled} />}
        </div>
        <div className={styles.words}>
          <Link to={`/cameras/${id}`} className={styles.name}>
            {name}
          </Link>
          <p className={styles.caption} data-testid="tile-caption" title={agreed.shown?.text}>
            {agreed.shown?.text ?? <span className={styles.faint}>No caption yet</span>}
          </p>
          <p className={`${styles.writing} live-writing`} data-testid="tile-writing" aria-hidden="true">
            {camera.writing?.text}
          </p>
          <TileFigures agreed={agreed} />
        </div>
      </article>
    </li>
  )
})

function TileFigures({ agreed: { shown } }: { agreed: ReturnType<typeof useAgreedPicture> }) {
  return (
    <dl className={styles.figures}>
      <div>
        <dt>First token</dt>
        <dd className="live-value">{shown ? seconds(shown.timeToFirstTokenSeconds) : '-'}</dd>
      </div>
      <div title="How old the picture was when its words were complete">
        <dt>Frame age</dt>
        <dd className="live-value">{shown ? seconds(shown.frameAgeSeconds) : '-'}</dd>
      </div>
      <div>
        <dt>Captured</dt>
        <dd className="live-value">{shown ? <Ago at={shown.stamps.capturedAt} /> : '-'}</dd>
      </div>
    </dl>
  )
}

function Trouble({ camera: { status }, enabled }: { camera: CameraLive; enabled: boolean }) {
  if (status === null) return null
  return (
    <p className={styles.trouble}>
      {enabled ? 'For ' : 'Disabled for '}
      <Lasting from={status.since} />
      {status.reason ? `: ${status.reason}` : ''}
    </p>
  )
}
