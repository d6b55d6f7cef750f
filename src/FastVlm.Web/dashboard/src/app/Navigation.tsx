import { useQuery } from '@tanstack/react-query'
import { NavLink } from 'react-router'
import { healthQuery } from '../api/queries'
import { useOpenIncidents } from '../live/hooks'
import { IconBell, IconChip, IconRule, IconWall, IconWebhook } from '../ui/icons'
import { plural } from '../ui/format'
import styles from './Shell.module.css'

const links = [
  { to: '/', label: 'Wall', icon: IconWall },
  { to: '/incidents', label: 'Incidents', icon: IconBell },
  { to: '/rules', label: 'Rules', icon: IconRule },
  { to: '/webhooks', label: 'Webhooks', icon: IconWebhook },
  { to: '/models', label: 'Models', icon: IconChip },
]

export function Navigation() {
  const open = useOpenIncidents().length
  return (
    <>
      {links.map(({ to, label, icon: Icon }) => (
        <NavLink key={to} to={to} end={to === '/'} className={styles.link}>
          <Icon />
          {label}
          {to === '/incidents' && open > 0 && (
            <span className={`${styles.count} tone-critical`} aria-label={plural(open, 'open incident')}>
              {open}
            </span>
          )}
        </NavLink>
      ))}
      <PlatformNote />
    </>
  )
}

function PlatformNote() {
  const health = useQuery(healthQuery).data
  if (!health) return null
  return (
    <div className={styles.foot}>
      <div>Version {health.version}</div>
      {health.problems.map((problem) => (
        <div key={problem} role="note">
          {problem}
        </div>
      ))}
    </div>
  )
}
