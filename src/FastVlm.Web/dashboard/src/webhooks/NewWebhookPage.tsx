// A new webhook; its secret is shown once. Roles: heading "New webhook"; text boxes "Name", "Address";
// button "Create webhook"; then region "Signing secret" with button "Copy secret" and link "To the webhook".
// Test ids: create-webhook, webhook-secret, form-faults.

import { Button, Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { api } from '../api/client'
import { defaultEndpoint } from '../api/defaults'
import { webhooksQuery } from '../api/queries'
import type { EndpointView } from '../api/types'
import { useSpecForm } from '../forms/useSpecForm'
import { Faults, PageHeader, Panel } from '../ui/Page'
import { EndpointFields, ENDPOINT_PATHS } from './EndpointFields'
import { SecretPanel } from './SecretPanel'

export default function NewWebhookPage() {
  const form = useSpecForm(defaultEndpoint, ENDPOINT_PATHS)
  const [created, setCreated] = useState<EndpointView>()
  const client = useQueryClient()
  const create = async () => {
    const webhook = await form.submit(() => api.post<EndpointView>('/api/webhooks', form.value))
    if (!webhook) return
    setCreated(webhook)
    await client.invalidateQueries({ queryKey: webhooksQuery.queryKey })
  }
  if (created) {
    return (
      <Stack maw={820}>
        <PageHeader title={created.spec.name} back={{ to: '/webhooks', label: 'Webhooks' }} />
        <SecretPanel secret={created.secret ?? ''} />
        <Button component={Link} to={`/webhooks/${created.id}`} w="fit-content">
          To the webhook
        </Button>
      </Stack>
    )
  }
  return (
    <Stack maw={820}>
      <PageHeader title="New webhook" back={{ to: '/webhooks', label: 'Webhooks' }} />
      <Panel title="Webhook">
        <EndpointFields form={form} />
        <Faults faults={form.faults} />
        <Button w="fit-content" loading={form.busy} onClick={() => void create()} data-testid="create-webhook">
          Create webhook
        </Button>
      </Panel>
    </Stack>
  )
}
