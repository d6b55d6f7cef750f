import { Code, Group } from '@mantine/core'
import { CopyText } from '../ui/actions'
import { Panel } from '../ui/Page'

/** A signing secret, which the platform tells only once. */
export function SecretPanel({ secret }: { secret: string }) {
  return (
    <Panel title="Signing secret">
      <span>
        Give it to the receiver, which verifies every message with it (Standard Webhooks). <strong>It is shown only now.</strong>
      </span>
      <Group>
        <Code fz="md" data-testid="webhook-secret" style={{ overflowWrap: 'anywhere' }}>
          {secret}
        </Code>
        <CopyText text={secret} label="Copy secret" />
      </Group>
    </Panel>
  )
}
