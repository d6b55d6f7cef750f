import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { deliveryQuery } from '../api/queries'
import { Loading, Trouble } from '../ui/Page'
import { AttemptView } from './AttemptView'
import styles from './webhooks.module.css'

export function DeliveryDetailView({ id }: { id: string }) {
  const detail = useQuery(deliveryQuery(id))
  if (detail.isPending) return <Loading rows={1} height={120} />
  if (detail.data === undefined) return <Trouble error={detail.error} onRetry={() => void detail.refetch()} />
  const { delivery, attempts } = detail.data
  return (
    <div className={styles.detail} data-testid="delivery-detail">
      <div>
        <code>webhook-id: {delivery.id}</code>
        {delivery.incidentId && (
          <>
            {', '}
            <Link to={`/incidents/${delivery.incidentId}`}>its incident</Link>
          </>
        )}
      </div>
      {attempts.length === 0 && <span className={styles.faint}>Not tried yet.</span>}
      {attempts.toReversed().map((attempt) => (
        <AttemptView key={attempt.number} attempt={attempt} payload={delivery.payload} />
      ))}
    </div>
  )
}
