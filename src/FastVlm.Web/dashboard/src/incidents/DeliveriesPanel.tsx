import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { webhooksQuery } from '../api/queries'
import type { Delivery } from '../api/types'
import { DeliveryStateBadge } from '../ui/Badge'
import { Panel } from '../ui/Page'
import { Ago } from '../ui/Time'
import styles from './incidents.module.css'

/** Who was told of the incident. */
export function DeliveriesPanel({ deliveries }: { deliveries: Delivery[] }) {
  const webhooks = useQuery(webhooksQuery).data ?? []
  return (
    <Panel title="Deliveries">
      {deliveries.length === 0 && <span className={styles.why}>No webhook wanted this.</span>}
      <ul className={styles.list} aria-label="Deliveries">
        {deliveries.map((delivery) => (
          <li key={delivery.id} className={styles.delivery} data-testid="incident-delivery">
            <DeliveryStateBadge state={delivery.state} />
            <Link to={`/webhooks/${delivery.endpointId}?delivery=${delivery.id}`}>
              {webhooks.find(({ id }) => id === delivery.endpointId)?.spec.name ?? delivery.endpointId}
            </Link>
            <span>{delivery.eventType}</span>
            <span className={styles.why}>
              <Ago at={delivery.deliveredAt ?? delivery.createdAt} />
              {delivery.state !== 'delivered' && delivery.lastResult ? `: ${delivery.lastResult}` : ''}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
