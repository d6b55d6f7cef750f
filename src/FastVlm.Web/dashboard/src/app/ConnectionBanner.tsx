import { useConnection, useIsStale, useSeconds } from '../live/hooks'
import { duration } from '../ui/format'
import { IconOffline } from '../ui/icons'
import styles from './Shell.module.css'

/** Says since when nothing arrives, until it does again. */
export function ConnectionBanner() {
  return useIsStale() ? <Lost /> : null
}

function Lost() {
  const { phase, since } = useConnection()
  const lasts = duration((useSeconds() - since) / 1000)
  return (
    <div className={`${styles.banner} tone-warning`} role="status" data-testid="connection-lost">
      <IconOffline />
      <span>
        {phase === 'connecting' ? 'No live connection for ' : 'Connection lost '}
        <span aria-hidden="true" className="tabular">
          {phase === 'connecting' ? lasts : `${lasts} ago`}
        </span>
        , {phase === 'connecting' ? 'still trying' : 'reconnecting'}; what you see is old.
      </span>
    </div>
  )
}
