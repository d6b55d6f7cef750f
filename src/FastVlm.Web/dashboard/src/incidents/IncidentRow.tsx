import { Link } from 'react-router'
import type { Incident } from '../api/types'
import { useFreshIncident } from '../live/hooks'
import { Badge, IncidentStateBadge, SeverityBadge } from '../ui/Badge'
import { IconCheck, IconClock, IconCross } from '../ui/icons'
import { plural } from '../ui/format'
import { Ago, Lasting } from '../ui/Time'
import styles from './incidents.module.css'

export function IncidentRow({ incident: read }: { incident: Incident }) {
  const incident = useFreshIncident(read)
  return (
    <li className={styles.row} data-testid="incident-row" data-incident={incident.id} data-state={incident.state}>
      <span className={styles.badges}>
        <SeverityBadge severity={incident.severity} />
        <IncidentStateBadge incident={incident} />
      </span>
      <span className={styles.rowText}>
        <Link to={`/incidents/${incident.id}`} className={styles.title}>
          {incident.title}
        </Link>
        <span className={styles.why}>{incident.why}</span>
      </span>
      <span className={styles.rowFacts}>
        <span>
          <Ago at={incident.openedAt} />
          {', '}
          {incident.state === 'open' ? 'for' : 'lasted'} <Lasting from={incident.openedAt} to={incident.clearedAt} />
        </span>
        <span>
          {plural(incident.count, 'look')}
          {incident.acknowledgedAt ? ', acknowledged' : ''}
        </span>
      </span>
      <Judgement incident={incident} />
    </li>
  )
}

export function Judgement({ incident }: { incident: Incident }) {
  return (
    <span className={styles.badges}>
      {incident.verdict === true && <Badge tone="good" icon={IconCheck} word="True alert" />}
      {incident.verdict === false && <Badge tone="warning" icon={IconCross} word="False alert" />}
      {incident.alert === 'heldBack' && <Badge tone="quiet" icon={IconClock} word="Alert waits for cooldown" />}
    </span>
  )
}
