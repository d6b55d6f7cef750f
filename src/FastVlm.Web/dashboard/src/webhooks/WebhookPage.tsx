// One webhook: its settings, its secret, its deliveries with request and response, replay.
// Roles: heading with its name; buttons "Send test", "Rotate secret", "Delete", "Save webhook", "Replay";
// regions "Deliveries", "Settings". Test ids: delivery-row, delivery-detail, test-result, webhook-secret.

import { Alert, Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'
import { api } from '../api/client'
import { webhookQuery, webhooksQuery } from '../api/queries'
import type { EndpointView } from '../api/types'
import { useSpecForm } from '../forms/useSpecForm'
import { tell } from '../ui/actions'
import { IconWarning } from '../ui/icons'
import { Faults, PageHeader, PageState, Panel } from '../ui/Page'
import { DeliveryLog } from './DeliveryLog'
import { EndpointFields, ENDPOINT_PATHS } from './EndpointFields'
import { EndpointHealth } from './EndpointHealth'
import { SecretPanel } from './SecretPanel'
import { WebhookActions } from './WebhookActions'
import styles from './webhooks.module.css'

export default function WebhookPage() {
  const { id = '' } = useParams()
  const webhook = useQuery(webhookQuery(id))
  if (webhook.data === undefined) {
    return (
      <PageState
        title="Webhook"
        back={{ to: '/webhooks', label: 'Webhooks' }}
        error={webhook.error}
        onRetry={() => void webhook.refetch()}
      />
    )
  }
  return <Webhook key={id} webhook={webhook.data} />
}

function Webhook({ webhook }: { webhook: EndpointView }) {
  const [secret, setSecret] = useState<string>()
  return (
    <div className={styles.page}>
      <PageHeader title={webhook.spec.name} back={{ to: '/webhooks', label: 'Webhooks' }} note={webhook.spec.url}>
        <EndpointHealth webhook={webhook} />
        <WebhookActions webhook={webhook} onSecret={setSecret} />
      </PageHeader>
      {webhook.spec.disabledReason && (
        <Alert color="red" variant="light" icon={<IconWarning />} title="The platform disabled it">
          {webhook.spec.disabledReason}
        </Alert>
      )}
      {secret !== undefined && <SecretPanel secret={secret} />}
      <DeliveryLog endpointId={webhook.id} />
      <SettingsPanel webhook={webhook} />
    </div>
  )
}

function SettingsPanel({ webhook }: { webhook: EndpointView }) {
  const form = useSpecForm(webhook.spec, ENDPOINT_PATHS)
  const client = useQueryClient()
  const save = async () => {
    const saved = await form.submit(() => api.patch<EndpointView>(`/api/webhooks/${webhook.id}`, form.patch))
    if (!saved) return
    client.setQueryData(webhookQuery(webhook.id).queryKey, saved)
    form.reset(saved.spec)
    tell('Webhook saved.')
    await client.invalidateQueries({ queryKey: webhooksQuery.queryKey })
  }
  return (
    <Panel title="Settings">
      <EndpointFields form={form} />
      <Faults faults={form.faults} />
      {webhook.origin === 'api' ? (
        <Button w="fit-content" disabled={form.patch === null} loading={form.busy} onClick={() => void save()}>
          Save webhook
        </Button>
      ) : (
        <span className={styles.faint}>The configuration file has this webhook; it is changed there.</span>
      )}
    </Panel>
  )
}
