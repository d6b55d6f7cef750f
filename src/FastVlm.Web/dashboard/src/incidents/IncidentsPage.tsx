// All incidents, newest first, live. Roles: heading "Incidents"; combo boxes "State", "Kind", "Camera", "Rule";
// list "Incidents" with a link per incident. Test ids: incident-row, incident-state, severity.

import { Button, Group, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { camerasQuery, PAGE_LENGTH, readIncidents, rulesQuery, type IncidentFilter } from '../api/queries'
import { IconBell } from '../ui/icons'
import { Empty, Loading, PageHeader, Trouble } from '../ui/Page'
import { IncidentRow } from './IncidentRow'
import styles from './incidents.module.css'

const states = [
  { value: '', label: 'Open and cleared' },
  { value: 'open', label: 'Open' },
  { value: 'cleared', label: 'Cleared' },
]

const kinds = [
  { value: '', label: 'Every kind' },
  { value: 'rule', label: 'Rules' },
  { value: 'cameraDown', label: 'Camera down' },
  { value: 'endpointDown', label: 'Webhook down' },
]

export default function IncidentsPage() {
  const [parameters, setParameters] = useSearchParams()
  const filter: IncidentFilter = Object.fromEntries(parameters)
  const incidents = useInfiniteQuery({
    queryKey: ['incidents', 'list', filter],
    queryFn: ({ pageParam, signal }) => readIncidents(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.length < PAGE_LENGTH ? undefined : page.at(-1)?.id),
  })
  const rows = incidents.data?.pages.flat() ?? []
  return (
    <>
      <PageHeader title="Incidents" note="What the rules found, and what is down." />
      <FilterBar filter={filter} onChange={(next) => setParameters(next, { replace: true })} />
      {incidents.isPending && <Loading />}
      {incidents.isError && <Trouble error={incidents.error} onRetry={() => void incidents.refetch()} />}
      {incidents.isSuccess && rows.length === 0 && (
        <Empty
          icon={IconBell}
          title={parameters.size > 0 ? 'No incident matches' : 'No incidents yet'}
          actions={parameters.size > 0 && <Button onClick={() => setParameters({})}>Show all incidents</Button>}
        >
          An incident opens when a rule holds, when a camera is down, or when a webhook accepts nothing.
        </Empty>
      )}
      <ul className={styles.list} aria-label="Incidents">
        {rows.map((incident) => (
          <IncidentRow key={incident.id} incident={incident} />
        ))}
      </ul>
      {incidents.hasNextPage && (
        <Button variant="subtle" loading={incidents.isFetchingNextPage} onClick={() => void incidents.fetchNextPage()}>
          Older incidents
        </Button>
      )}
    </>
  )
}

function FilterBar({ filter, onChange }: { filter: IncidentFilter; onChange: (next: Record<string, string>) => void }) {
  const cameras = useQuery(camerasQuery).data ?? []
  const rules = useQuery(rulesQuery).data ?? []
  const choices: [keyof IncidentFilter, string, { value: string; label: string }[]][] = [
    ['state', 'State', states],
    ['kind', 'Kind', kinds],
    [
      'camera',
      'Camera',
      [{ value: '', label: 'Every camera' }, ...cameras.map(({ id, spec }) => ({ value: id, label: spec.name }))],
    ],
    ['rule', 'Rule', [{ value: '', label: 'Every rule' }, ...rules.map(({ id, spec }) => ({ value: id, label: spec.name }))]],
  ]
  const change = (key: string, value: string) => {
    const next = { ...filter, [key]: value }
    onChange(Object.fromEntries(Object.entries(next).filter(([, chosen]) => chosen !== '')))
  }
  return (
    <Group gap="xs" mb="md" role="search" aria-label="Incidents">
      {choices.map(([key, label, data]) => (
        <NativeSelect
          key={key}
          aria-label={label}
          data={data}
          value={filter[key] ?? ''}
          onChange={(event) => change(key, event.currentTarget.value)}
        />
      ))}
    </Group>
  )
}
