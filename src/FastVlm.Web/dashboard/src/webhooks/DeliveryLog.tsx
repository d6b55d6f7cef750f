import { Button, Group, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { api } from '../api/client'
import { PAGE_LENGTH, readDeliveries } from '../api/queries'
import type { Delivery } from '../api/types'
import { DeliveryStateBadge } from '../ui/Badge'
import { tell, useAction } from '../ui/actions'
import { IconHistory } from '../ui/icons'
import { Loading, Panel, Trouble } from '../ui/Page'
import { plural } from '../ui/format'
import { Ago } from '../ui/Time'
import { DeliveryDetailView } from './DeliveryDetailView'
import { ReplayRange } from './ReplayRange'
import styles from './webhooks.module.css'

const states = [
  { value: '', label: 'Every state' },
  { value: 'pending', label: 'Pending' },
  { value: 'delivered', label: 'Delivered' },
  { value: 'failed', label: 'Failed' },
  { value: 'cancelled', label: 'Cancelled' },
]

/** What was sent to an endpoint, newest first; each can be opened and sent again. */
export function DeliveryLog({ endpointId }: { endpointId: string }) {
  const [state, setState] = useState('')
  const [parameters, setParameters] = useSearchParams()
  const filter = { endpoint: endpointId, state }
  const deliveries = useInfiniteQuery({
    queryKey: ['deliveries', filter],
    queryFn: ({ pageParam, signal }) => readDeliveries(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.length < PAGE_LENGTH ? undefined : page.at(-1)?.id),
  })
  const rows = deliveries.data?.pages.flat() ?? []
  const opened = parameters.get('delivery')
  const toggle = (id: string) => setParameters(opened === id ? {} : { delivery: id }, { replace: true, preventScrollReset: true })
  return (
    <Panel title="Deliveries" actions={<ReplayRange endpointId={endpointId} />}>
      <NativeSelect
        aria-label="State"
        w="fit-content"
        data={states}
        value={state}
        onChange={(event) => setState(event.currentTarget.value)}
      />
      {deliveries.isPending && <Loading rows={2} height={44} />}
      {deliveries.isError && <Trouble error={deliveries.error} onRetry={() => void deliveries.refetch()} />}
      {deliveries.isSuccess && rows.length === 0 && (
        <span className={styles.faint}>
          {state === '' ? 'Nothing was sent yet: "Send test" tries it out.' : 'None in this state.'}
        </span>
      )}
      <ul className={styles.log} aria-label="Deliveries">
        {rows.map((delivery) => (
          <Row key={delivery.id} delivery={delivery} opened={opened === delivery.id} onToggle={() => toggle(delivery.id)} />
        ))}
      </ul>
      {deliveries.hasNextPage && (
        <Button variant="subtle" loading={deliveries.isFetchingNextPage} onClick={() => void deliveries.fetchNextPage()}>
          Older deliveries
        </Button>
      )}
    </Panel>
  )
}

function Row({ delivery, opened, onToggle }: { delivery: Delivery; opened: boolean; onToggle: () => void }) {
  const [busy, run] = useAction()
  const client = useQueryClient()
  const replay = async () => {
    await api.post(`/api/deliveries/${delivery.id}/replay`)
    tell('It is sent again, with the same id.')
    await client.invalidateQueries({ queryKey: ['deliveries'] })
  }
  return (
    <li data-testid="delivery-row" data-state={delivery.state}>
      <Group gap="sm" justify="space-between" wrap="nowrap" align="flex-start">
        <button type="button" className={styles.logButton} aria-expanded={opened} onClick={onToggle}>
          <DeliveryStateBadge state={delivery.state} />
          <span>{delivery.eventType}</span>
          <span className={styles.faint}>
            <Ago at={delivery.createdAt} />, {plural(delivery.attemptCount, 'try', 'tries')}
            {delivery.state === 'pending' && delivery.nextAttemptAt ? (
              <>
                , next <Ago at={delivery.nextAttemptAt} />
              </>
            ) : null}
          </span>
          {delivery.lastResult && <span className={styles.faint}>{delivery.lastResult}</span>}
        </button>
        <Button variant="default" size="xs" loading={busy} leftSection={<IconHistory size={14} />} onClick={() => void run(replay)}>
          Replay
        </Button>
      </Group>
      {opened && <DeliveryDetailView id={delivery.id} />}
    </li>
  )
}
