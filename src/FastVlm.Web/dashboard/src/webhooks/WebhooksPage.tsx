// All webhooks with their health. Roles: heading "Webhooks"; link "New webhook"; list "Webhooks". Test id: webhook-row.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { webhooksQuery } from '../api/queries'
import type { EndpointView } from '../api/types'
import { IconPlus, IconWebhook } from '../ui/icons'
import { Empty, Loading, PageHeader, Trouble } from '../ui/Page'
import { EndpointHealth } from './EndpointHealth'
import { templateWords } from './words'
import styles from './webhooks.module.css'

export default function WebhooksPage() {
  const webhooks = useQuery(webhooksQuery)
  return (
    <>
      <PageHeader title="Webhooks" note="Who is told of incidents: signed, retried, logged.">
        <Button component={Link} to="/webhooks/new" leftSection={<IconPlus size={16} />}>
          New webhook
        </Button>
      </PageHeader>
      {webhooks.isPending && <Loading />}
      {webhooks.isError && <Trouble error={webhooks.error} onRetry={() => void webhooks.refetch()} />}
      {webhooks.data?.length === 0 && (
        <Empty
          icon={IconWebhook}
          title="Nobody is told yet"
          actions={
            <Button component={Link} to="/webhooks/new">
              New webhook
            </Button>
          }
        >
          A webhook posts each incident to an address: your own receiver, Slack or Teams. Nothing is lost while it does not answer.
        </Empty>
      )}
      <ul className={styles.list} aria-label="Webhooks">
        {webhooks.data?.map((webhook) => (
          <Row key={webhook.id} webhook={webhook} />
        ))}
      </ul>
    </>
  )
}

function Row({ webhook }: { webhook: EndpointView }) {
  const { id, spec } = webhook
  return (
    <li className={styles.row} data-testid="webhook-row">
      <span className={styles.rowText}>
        <Link to={`/webhooks/${id}`} className={styles.name}>
          {spec.name}
        </Link>
        <span className={styles.faint}>{spec.url}</span>
      </span>
      <span className={styles.faint}>{templateWords[spec.template]}</span>
      <EndpointHealth webhook={webhook} />
    </li>
  )
}
