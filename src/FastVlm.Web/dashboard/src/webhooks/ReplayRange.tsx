import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client'
import type { DeliveryState } from '../api/types'
import { fromLocalInput, toLocalInput } from '../forms/localTime'
import { tell, useAction } from '../ui/actions'
import { IconHistory } from '../ui/icons'
import { plural } from '../ui/format'

const DAY_MS = 86_400_000
const choices: [DeliveryState, string][] = [
  ['failed', 'Failed'],
  ['delivered', 'Delivered'],
  ['cancelled', 'Cancelled'],
]

/** Sends everything of a span of time again, e.g. after a receiver lost what it had. */
export function ReplayRange({ endpointId }: { endpointId: string }) {
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button variant="default" size="xs" leftSection={<IconHistory size={14} />} onClick={open}>
        Replay a range
      </Button>
      <Modal opened={opened} onClose={close} title="Send again">
        <RangeForm endpointId={endpointId} onDone={close} />
      </Modal>
    </>
  )
}

function RangeForm({ endpointId, onDone }: { endpointId: string; onDone: () => void }) {
  const [now] = useState(() => Date.now())
  const [from, setFrom] = useState(() => new Date(now - DAY_MS).toISOString())
  const [to, setTo] = useState(() => new Date(now + 60_000).toISOString())
  const [states, setStates] = useState<string[]>(['failed'])
  const [busy, run] = useAction()
  const client = useQueryClient()
  const replay = async () => {
    const { count } = await api.post<{ count: number }>(`/api/webhooks/${endpointId}/replay`, { from, to, states })
    tell(`${plural(count, 'delivery', 'deliveries')} sent again, with the same ids.`)
    onDone()
    await client.invalidateQueries({ queryKey: ['deliveries'] })
  }
  return (
    <Stack>
      <TextInput
        type="datetime-local"
        label="Created from"
        value={toLocalInput(from)}
        onChange={(event) => setFrom(fromLocalInput(event.currentTarget.value, from))}
      />
      <TextInput
        type="datetime-local"
        label="to"
        value={toLocalInput(to)}
        onChange={(event) => setTo(fromLocalInput(event.currentTarget.value, to))}
      />
      <Checkbox.Group label="Those that" value={states} onChange={setStates}>
        <Group mt={6}>
          {choices.map(([value, label]) => (
            <Checkbox key={value} value={value} label={label} />
          ))}
        </Group>
      </Checkbox.Group>
      <Button loading={busy} disabled={states.length === 0} onClick={() => void run(replay)}>
        Send them again
      </Button>
    </Stack>
  )
}
