import { useNow } from '../live/hooks'
import { duration, exact, relative } from './format'
import styles from './ui.module.css'

/** "4 min ago", exact on hover. */
export function Ago({ at }: { at: string }) {
  const now = useNow()
  return (
    <time className={styles.time} dateTime={at} title={exact(at)}>
      {relative(at, now)}
    </time>
  )
}

/** How long it has lasted, or lasted until its end. */
export function Lasting({ from, to }: { from: string; to?: string | null | undefined }) {
  const now = useNow()
  const until = to ? Date.parse(to) : now
  return (
    <time className={styles.time} dateTime={from} title={to ? `${exact(from)} to ${exact(to)}` : `since ${exact(from)}`}>
      {duration((until - Date.parse(from)) / 1000)}
    </time>
  )
}
