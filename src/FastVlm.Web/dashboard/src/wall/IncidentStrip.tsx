import { Link } from 'react-router'
import { useOpenIncidents, worstOf } from '../live/hooks'
import { SeverityBadge } from '../ui/Badge'
import { IconCircleCheck } from '../ui/icons'
import { Ago } from '../ui/Time'
import styles from './wall.module.css'

const SHOWN_MAX = 3

/** The newest open incidents, in a strip whose height does not change when they come and go. */
export function IncidentStrip() {
  const open = useOpenIncidents()
  return (
    <section className={styles.strip} aria-label="Open incidents" data-testid="incident-strip" data-worst={worstOf(open)}>
      {open.length === 0 && (
        <span className={styles.calm}>
          <IconCircleCheck /> No open incident
        </span>
      )}
      {open.slice(0, SHOWN_MAX).map((incident) => (
        <Link key={incident.id} to={`/incidents/${incident.id}`} className={styles.stripItem}>
          <SeverityBadge severity={incident.severity} />
          <span className={styles.stripTitle}>{incident.title}</span>
          <span className={styles.stripTime}>
            <Ago at={incident.openedAt} />
          </span>
        </Link>
      ))}
      {open.length > 1 && (
        <Link to="/incidents?state=open" className={styles.stripMore}>
          All {open.length}
        </Link>
      )}
    </section>
  )
}
