import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { CameraView } from '../api/types'
import { useCameraLive } from '../live/hooks'
import { AgreedPicture, useAgreedPicture } from '../ui/AgreedPicture'
import { seconds } from '../ui/format'
import { Ago } from '../ui/Time'
import { LiveVideo } from './LiveVideo'
import styles from './cameras.module.css'

type View = 'captioned' | 'video'

/** What the camera shows now: the captioned picture with its words, or the live video. */
export function Stage({ camera }: { camera: CameraView }) {
  const [view, setView] = useState<View>('captioned')
  const [reason, setReason] = useState<string>()
  const live = useCameraLive(camera.id)
  const agreed = useAgreedPicture(live.caption)
  const fallBack = (why: string) => {
    setReason(why)
    setView('captioned')
  }
  return (
    <section className={styles.stage} aria-label="Now" data-stale={!camera.spec.enabled || undefined}>
      {view === 'video' ? (
        <LiveVideo cameraId={camera.id} name={camera.spec.name} onFailed={fallBack} />
      ) : (
        <AgreedPicture agreed={agreed} cameraName={camera.spec.name} />
      )}
      <div className={styles.stageWords}>
        <p className={styles.stageCaption} data-testid="camera-caption">
          {agreed.shown?.text ?? 'No caption yet'}
        </p>
        <p className={`${styles.stageWriting} live-writing`} aria-hidden="true">
          {live.writing?.text}
        </p>
        <div className={styles.stageFoot}>
          <SegmentedControl
            size="xs"
            aria-label="Picture"
            data={[
              { value: 'captioned', label: 'Captioned picture' },
              { value: 'video', label: 'Live video' },
            ]}
            value={view}
            onChange={(next) => {
              setReason(undefined)
              setView(next)
            }}
          />
          {agreed.shown && (
            <span className={styles.entryNote}>
              <span>
                Captured <Ago at={agreed.shown.stamps.capturedAt} />
              </span>
              <span>First token {seconds(agreed.shown.timeToFirstTokenSeconds)}</span>
              <span>Frame age {seconds(agreed.shown.frameAgeSeconds)}</span>
            </span>
          )}
        </div>
        {reason !== undefined && (
          <p role="status" className={styles.reason}>
            No live video: {reason} The captioned pictures are shown instead.
          </p>
        )}
      </div>
    </section>
  )
}
