import type { StageStamps } from '../api/types'
import { Panel } from '../ui/Page'
import { exact, seconds } from '../ui/format'
import { stagesOf } from './stages'
import styles from './incidents.module.css'

/** Where the time went between the capture and the delivery. */
export function StagesPanel({ stamps, deliveredAt }: { stamps: StageStamps; deliveredAt: string | null | undefined }) {
  const stages = stagesOf(stamps, deliveredAt)
  const total = stages.at(-1)?.until ?? 0
  const last = stages.at(-1)?.name.toLowerCase() ?? ''
  return (
    <Panel title="Latency">
      <span className="tabular">
        Captured <time dateTime={stamps.capturedAt}>{exact(stamps.capturedAt)}</time>, {last} {seconds(total)} later
      </span>
      <ol className={styles.stages}>
        {stages.map((stage) => (
          <li key={stage.name} data-testid="stage">
            <span>{stage.name}</span>
            <span className={styles.lane} aria-hidden="true">
              <span style={{ left: share(stage.until - stage.seconds, total), width: share(stage.seconds, total) }} />
            </span>
            <span className={styles.stageTime}>+{seconds(stage.seconds)}</span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

function share(part: number, total: number): string {
  return `${total > 0 ? (100 * part) / total : 0}%`
}
