import { Alert } from '@mantine/core'
import { useConnection, useIsStale, useSeconds } from '../live/hooks'
import { duration } from '../ui/format'
import { IconOffline } from '../ui/icons'
import styles from './Shell.module.css'

/** Says since when nothing arrives, until it does again. */
export function ConnectionBanner() {
  const isStale = useIsStale()
  return isStale ? <Lost /> : null
}

function Lost() {
  const brokenFor = useSeconds() - useConnection().since
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
