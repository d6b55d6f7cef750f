import { Button, Group, Modal } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { api } from '../api/client'
import { webhooksQuery } from '../api/queries'
import type { Delivery, DeliveryAttempt, EndpointView } from '../api/types'
import { Badge } from '../ui/Badge'
import { ConfirmButton, useAction } from '../ui/actions'
import { IconCheck, IconRefresh, IconSend, IconTrash, IconWarning } from '../ui/icons'
import { AttemptView } from './AttemptView'
import styles from './webhooks.module.css'

interface TestOutcome {
  delivery: Delivery
  attempt: DeliveryAttempt
}

interface WebhookActionsProps {
  webhook: EndpointView
  onSecret: (secret: string) => void
}

export function WebhookActions({ webhook: { id, spec, origin }, onSecret }: WebhookActionsProps) {
  const [busy, run] = useAction()
  const [outcome, setOutcome] = useState<TestOutcome>()
  const client = useQueryClient()
  const navigate = useNavigate()
  const test = async () => {
    setOutcome(await api.post<TestOutcome>(`/api/webhooks/${id}/test`))
    await client.invalidateQueries({ queryKey: ['deliveries'] })
  }
  const rotate = async () => onSecret((await api.post<{ secret: string }>(`/api/webhooks/${id}/rotate-secret`)).secret)
  const remove = async () => {
    await api.delete(`/api/webhooks/${id}`)
    await navigate('/webhooks')
    await client.invalidateQueries({ queryKey: webhooksQuery.queryKey })
  }
  return (
    <Group gap="xs">
      <Button variant="default" loading={busy} leftSection={<IconSend size={16} />} onClick={() => void run(test)}>
        Send test
      </Button>
      {origin === 'api' && (
        <>
          <ConfirmButton
            label="Rotate secret"
            question="Make a new signing secret?"
            confirmLabel="Make a new secret"
            leftSection={<IconRefresh size={16} />}
            onConfirm={rotate}
          >
            Messages are signed with both, the new and the old one, until the next rotation: the receiver can change over without a
            gap.
          </ConfirmButton>
          <ConfirmButton
            label="Delete"
            question={`Delete the webhook "${spec.name}"?`}
            confirmLabel="Delete webhook"
            leftSection={<IconTrash size={16} />}
            onConfirm={remove}
          >
            What still waits for it is cancelled.
          </ConfirmButton>
        </>
      )}
      <Modal opened={outcome !== undefined} onClose={() => setOutcome(undefined)} title="Test message" size="lg">
        {outcome && <Outcome outcome={outcome} />}
      </Modal>
    </Group>
  )
}

function Outcome({ outcome: { delivery, attempt } }: { outcome: TestOutcome }) {
  const accepted = !attempt.error
  return (
    <div data-testid="test-result" data-accepted={accepted}>
      <p className={styles.outcome}>
        {accepted ? (
          <Badge tone="good" icon={IconCheck} word="The receiver accepted it" />
        ) : (
          <Badge tone="critical" icon={IconWarning} word="Not accepted" />
        )}{' '}
        {attempt.error ?? delivery.lastResult}
      </p>
      <AttemptView attempt={attempt} payload={delivery.payload} />
    </div>
  )
}
