import { Button, Group, Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client'
import type { Incident } from '../api/types'
import { useAction } from '../ui/actions'
import { IconCheck, IconCross } from '../ui/icons'
import { Panel } from '../ui/Page'
import { Ago } from '../ui/Time'

const NOTE_CHARS_MAX = 1000

/** A person's part: seen it, and whether it was true. */
export function JudgementPanel({ incident }: { incident: Incident }) {
  const [note, setNote] = useState(incident.verdictNote ?? '')
  const [busy, run] = useAction()
  const client = useQueryClient()
  const { verdict, acknowledgedAt, acknowledgedBy } = incident
  const send = (path: string, body: unknown) =>
    run(async () => {
      await api.post<Incident>(`/api/incidents/${incident.id}/${path}`, body)
      await client.invalidateQueries({ queryKey: ['incidents'] })
    })
  const judge = (isTrue: boolean | null) => send('verdict', { isTrue, note: note.trim() || null })
  return (
    <Panel title="Judgement">
      {acknowledgedAt ? (
        <span>
          Acknowledged <Ago at={acknowledgedAt} />
          {acknowledgedBy ? ` by ${acknowledgedBy}` : ''}
        </span>
      ) : (
        <Button
          loading={busy}
          leftSection={<IconCheck size={16} />}
          w="fit-content"
          onClick={() => void send('acknowledge', {})}
          data-testid="acknowledge"
        >
          Acknowledge
        </Button>
      )}
      <Textarea
        label="Note"
        autosize
        minRows={2}
        maxLength={NOTE_CHARS_MAX}
        placeholder="What it was, for whoever looks at it later"
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Group gap="xs" role="group" aria-label="Was it a true alert?">
        <Button
          variant={verdict === true ? 'filled' : 'default'}
          aria-pressed={verdict === true}
          disabled={busy}
          leftSection={<IconCheck size={16} />}
          onClick={() => void judge(true)}
          data-testid="verdict-true"
        >
          True alert
        </Button>
        <Button
          variant={verdict === false ? 'filled' : 'default'}
          aria-pressed={verdict === false}
          disabled={busy}
          leftSection={<IconCross size={16} />}
          onClick={() => void judge(false)}
          data-testid="verdict-false"
        >
          False alert
        </Button>
        {typeof verdict === 'boolean' && (
          <Button variant="subtle" disabled={busy} onClick={() => void judge(null)}>
            Take back
          </Button>
        )}
      </Group>
    </Panel>
  )
}
