// One camera: live video, its captions, latency, prompt, settings and counters.
// Roles: heading with the camera's name; regions "Now", "Captions", "Latency", "Prompt", "Settings", "Frames";
// buttons "Disable"/"Enable", "Reconnect", "Delete". Test ids: camera-state, caption-timeline, caption-entry, save-prompt,
// save-settings.

import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { cameraQuery } from '../api/queries'
import type { CameraView } from '../api/types'
import { useCameraLive } from '../live/hooks'
import { useLiveText } from '../live/LiveProvider'
import { CameraStateBadge } from '../ui/Badge'
import { PageHeader, PageState } from '../ui/Page'
import { Lasting } from '../ui/Time'
import { CameraActions } from './CameraActions'
import { CaptionTimeline } from './CaptionTimeline'
import { CountersPanel } from './CountersPanel'
import { LatencyPanel } from './LatencyPanel'
import { PromptPanel } from './PromptPanel'
import { SettingsPanel } from './SettingsPanel'
import { Stage } from './Stage'
import styles from './cameras.module.css'

export default function CameraPage() {
  const { id = '' } = useParams()
  useLiveText()
  const camera = useQuery({ ...cameraQuery(id), refetchInterval: 5000 })
  if (camera.data === undefined) {
    return <PageState title="Camera" back={{ to: '/', label: 'Wall' }} error={camera.error} onRetry={() => void camera.refetch()} />
  }
  return <Camera key={id} camera={camera.data} />
}

function Camera({ camera }: { camera: CameraView }) {
  const { spec } = camera
  return (
    <>
      <PageHeader title={spec.name} back={{ to: '/', label: 'Wall' }} note={<StateNote camera={camera} />}>
        <CameraActions camera={camera} />
      </PageHeader>
      <div className={styles.columns}>
        <div className={styles.panels}>
          <Stage camera={camera} />
          <LatencyPanel cameraId={camera.id} />
        </div>
        <div className={styles.panels}>
          <CaptionTimeline cameraId={camera.id} />
          <CountersPanel counters={camera.report?.counters} source={camera.report?.sourceDescription} />
        </div>
      </div>
      <div className={styles.panels}>
        <PromptPanel camera={camera} />
        <SettingsPanel camera={camera} />
      </div>
    </>
  )
}

function StateNote({ camera }: { camera: CameraView }) {
  const { status } = useCameraLive(camera.id)
  const { enabled, tags, url } = camera.spec
  return (
    <span className={styles.stateNote}>
      <CameraStateBadge state={enabled ? status?.state : 'disabled'} />
      {status && (
        <span>
          for <Lasting from={status.since} />
          {status.reason ? `: ${status.reason}` : ''}
        </span>
      )}
      <span className={styles.address}>{url}</span>
      {tags.length > 0 && <span>Tags: {tags.join(', ')}</span>}
      {camera.origin === 'file' && <span>Managed by the configuration file</span>}
    </span>
  )
}
