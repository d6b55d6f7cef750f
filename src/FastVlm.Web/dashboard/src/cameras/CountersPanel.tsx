import type { DropReason, FeedCounters } from '../api/types'
import { count } from '../ui/format'
import { Figures, Panel } from '../ui/Page'

const dropWords: Record<DropReason, string> = {
  notDue: 'Not due yet',
  replaced: 'Replaced by a newer one',
  tooOld: 'Too old',
  queueFull: 'Model queue full',
  engineStopped: 'Model stopping',
  failed: 'Model failed',
  badPicture: 'Black, frozen or repeating',
  outsideSchedule: 'Outside the schedule',
}

/** What became of the frames, since the camera was started. */
export function CountersPanel({
  counters,
  source,
}: {
  counters: FeedCounters | null | undefined
  source: string | null | undefined
}) {
  if (!counters) {
    return (
      <Panel title="Frames">
        <span>Nothing is counted while the camera is disabled.</span>
      </Panel>
    )
  }
  const drops = Object.entries(counters.framesDropped) as [DropReason, number][]
  return (
    <Panel title="Frames">
      {source && <span className="tabular">{source}</span>}
      <Figures
        rows={[
          ['Read', count(counters.framesRead)],
          ['Given to the model', count(counters.framesSampled)],
          ['Captioned', count(counters.framesCaptioned)],
          ['Restarts', count(counters.restarts)],
          ['of them for silence', count(counters.stalls)],
        ]}
      />
      <h3 style={{ margin: 0, fontSize: 14 }}>Not captioned, by reason</h3>
      <Figures rows={drops.map(([reason, value]) => [(dropWords[reason] as string | undefined) ?? reason, count(value)])} />
    </Panel>
  )
}
