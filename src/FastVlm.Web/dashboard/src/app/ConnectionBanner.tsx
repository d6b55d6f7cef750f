import { Alert } from '@mantine/core'
import { useConnection, useSeconds } from '../live/hooks'
import { duration } from '../ui/format'
import { IconOffline } from '../ui/icons'
import styles from './Shell.module.css'

/** A break this short is not worth a word. */
const TOLD_AFTER_MS = 2000

/** What is shown may be old: no event arrives. */
export function useIsStale(): boolean {
  return useBreak() !== null
}

/** Says since when nothing arrives, until it does again. */
export function ConnectionBanner() {
  const brokenFor = useBreak()
  if (brokenFor === null) return null
  return (
    <Alert
      className={styles.banner ?? ''}
      color="orange"
      variant="filled"
      autoContrast
      icon={<IconOffline />}
      role="status"
      data-testid="connection-lost"
    >
      Connection lost <span aria-hidden="true">{duration(brokenFor / 1000)} ago</span>, reconnecting; what you see is old.
    </Alert>
  )
}

function useBreak(): number | null {
  const { phase, since } = useConnection()
  const lasts = useSeconds() - since
  return phase !== 'connected' && lasts >= TOLD_AFTER_MS ? lasts : null
}
