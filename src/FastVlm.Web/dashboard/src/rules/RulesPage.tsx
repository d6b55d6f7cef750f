// All rules. Roles: heading "Rules", link "New rule", table "Rules" with a link per rule. Test id: rule-row.

import { Button, Switch, Table } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api } from '../api/client'
import { rulesQuery } from '../api/queries'
import type { RuleView } from '../api/types'
import { Badge, SeverityBadge } from '../ui/Badge'
import { useAction } from '../ui/actions'
import { IconBell, IconPlus, IconRule } from '../ui/icons'
import { Empty, Loading, PageHeader, Trouble } from '../ui/Page'
import { percent, plural } from '../ui/format'
import { useOpenIncidents } from '../live/hooks'
import { CameraNames } from './CameraNames'
import styles from './rules.module.css'

export default function RulesPage() {
  const rules = useQuery(rulesQuery)
  return (
    <>
      <PageHeader title="Rules" note="When a caption or an answer raises an incident.">
        <Button component={Link} to="/rules/new" leftSection={<IconPlus size={16} />}>
          New rule
        </Button>
      </PageHeader>
      {rules.isPending && <Loading />}
      {rules.isError && <Trouble error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.data?.length === 0 && (
        <Empty
          icon={IconRule}
          title="No rules yet"
          actions={
            <Button component={Link} to="/rules/new">
              New rule
            </Button>
          }
        >
          A rule watches the captions for words such as <em>part dropped</em>, or asks the model a yes/no question about each
          picture.
        </Empty>
      )}
      {rules.data !== undefined && rules.data.length > 0 && <RuleTable rules={rules.data} />}
    </>
  )
}

function RuleTable({ rules }: { rules: RuleView[] }) {
  return (
    <div className={styles.frame}>
      <Table verticalSpacing="sm" highlightOnHover aria-label="Rules" className={styles.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Rule</Table.Th>
            <Table.Th>Severity</Table.Th>
            <Table.Th visibleFrom="sm">Cameras</Table.Th>
            <Table.Th visibleFrom="xs">Now</Table.Th>
            <Table.Th>On</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rules.map((rule) => (
            <RuleRow key={rule.id} rule={rule} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function RuleRow({ rule: { id, spec, origin } }: { rule: RuleView }) {
  const open = useOpenIncidents().filter((incident) => incident.ruleId === id).length
  const [busy, run] = useAction()
  const client = useQueryClient()
  const toggle = async (enabled: boolean) => {
    await api.patch(`/api/rules/${id}`, { enabled })
    await client.invalidateQueries({ queryKey: rulesQuery.queryKey })
  }
  return (
    <Table.Tr data-testid="rule-row">
      <Table.Td>
        <Link to={`/rules/${id}`} className={styles.name}>
          {spec.name}
        </Link>
        <div className={styles.words}>
          {spec.kind === 'caption' ? spec.expression : `${spec.question ?? ''} (from ${percent(spec.threshold)})`}
        </div>
      </Table.Td>
      <Table.Td>
        <SeverityBadge severity={spec.severity} />
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <CameraNames selector={spec.cameras} />
      </Table.Td>
      <Table.Td visibleFrom="xs">
        {open > 0 ? (
          <Link to={`/incidents?rule=${id}&state=open`}>
            <Badge tone="critical" icon={IconBell} word={plural(open, 'open incident')} />
          </Link>
        ) : (
          <span className={styles.words}>Quiet</span>
        )}
      </Table.Td>
      <Table.Td>
        <Switch
          aria-label={`${spec.name} is on`}
          checked={spec.enabled}
          disabled={busy || origin === 'file'}
          onChange={(event) => void run(() => toggle(event.currentTarget.checked))}
        />
      </Table.Td>
    </Table.Tr>
  )
}
