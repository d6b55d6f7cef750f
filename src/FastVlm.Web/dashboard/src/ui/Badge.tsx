import type { ComponentType } from 'react'
import type { CameraState, DeliveryState, Incident, Severity } from '../api/types'
import {
  IconCheck,
  IconCircleCheck,
  IconClock,
  IconCritical,
  IconCross,
  IconInfo,
  IconOffline,
  IconPause,
  IconPlay,
  IconWarning,
} from './icons'
import { useIsStale } from '../live/hooks'
import { toneClass, type Tone } from './tones'
import styles from './ui.module.css'

interface Look {
  tone: Tone
  icon: ComponentType<{ size?: number }>
  word: string
}

/** A word with an icon, coloured by its meaning. */
export function Badge({ tone, icon: Icon, word, title, testId }: Look & { title?: string | undefined; testId?: string }) {
  return (
    <span className={`${styles.badge} ${toneClass[tone]}`} title={title} data-testid={testId}>
      <Icon size={14} />
      {word}
    </span>
  )
}

const severities: Record<Severity, Look> = {
  critical: { tone: 'critical', icon: IconCritical, word: 'Critical' },
  warning: { tone: 'warning', icon: IconWarning, word: 'Warning' },
  info: { tone: 'info', icon: IconInfo, word: 'Info' },
}

export function SeverityBadge({ severity }: { severity: Severity }) {
  return <Badge {...severities[severity]} testId="severity" />
}

const cameraStates: Record<CameraState, Look> = {
  live: { tone: 'good', icon: IconPlay, word: 'Live' },
  connecting: { tone: 'info', icon: IconClock, word: 'Connecting' },
  stalled: { tone: 'warning', icon: IconWarning, word: 'Stalled' },
  offline: { tone: 'critical', icon: IconOffline, word: 'Offline' },
  ended: { tone: 'quiet', icon: IconPause, word: 'Ended' },
  disabled: { tone: 'quiet', icon: IconPause, word: 'Disabled' },
}

/** A state that this dashboard does not know yet is shown by its name. */
export function cameraLook(state: CameraState | undefined): Look {
  if (state === undefined) return { tone: 'quiet', icon: IconClock, word: 'Unknown' }
  return state in cameraStates ? cameraStates[state] : { tone: 'warning', icon: IconWarning, word: capitalised(state) }
}

export function CameraStateBadge({ state, title }: { state: CameraState | undefined; title?: string | undefined }) {
  const look = cameraLook(state)
  const isStale = useIsStale()
  const shown = isStale ? { tone: 'quiet' as const, icon: IconClock, word: `Was ${look.word.toLowerCase()}` } : look
  return <Badge {...shown} title={title} testId="camera-state" />
}

export function IncidentStateBadge({ incident }: { incident: Incident }) {
  if (incident.state === 'cleared') return <Badge tone="quiet" icon={IconCircleCheck} word="Cleared" testId="incident-state" />
  return <Badge tone="critical" icon={IconCritical} word="Open" testId="incident-state" />
}

const deliveryStates: Record<DeliveryState, Look> = {
  pending: { tone: 'info', icon: IconClock, word: 'Pending' },
  delivered: { tone: 'good', icon: IconCheck, word: 'Delivered' },
  failed: { tone: 'critical', icon: IconCross, word: 'Failed' },
  cancelled: { tone: 'quiet', icon: IconPause, word: 'Cancelled' },
}

export function DeliveryStateBadge({ state }: { state: DeliveryState }) {
  return <Badge {...deliveryStates[state]} testId="delivery-state" />
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
