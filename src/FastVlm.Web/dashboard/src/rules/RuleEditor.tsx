import { Alert, Button, Group, NativeSelect, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { api } from '../api/client'
import { ruleQuery, rulesQuery } from '../api/queries'
import type { RuleSpec, RuleView } from '../api/types'
import { ScheduleFields } from '../forms/ScheduleFields'
import { SelectorFields } from '../forms/SelectorFields'
import { useSpecForm } from '../forms/useSpecForm'
import { ConfirmButton, tell } from '../ui/actions'
import { IconInfo, IconTrash } from '../ui/icons'
import { Faults, PageHeader, Panel } from '../ui/Page'
import { BackTestPanel } from './BackTestPanel'
import { ConditionPanel } from './ConditionPanel'
import { TimingFields, TIMING_PATHS } from './TimingFields'

const shown = ['name', 'expression', 'question', 'threshold', 'severity', 'schedule', 'cameras', ...TIMING_PATHS]

const severities = [
  { value: 'info', label: 'Info' },
  { value: 'warning', label: 'Warning' },
  { value: 'critical', label: 'Critical' },
]

export function RuleEditor({ rule, spec }: { rule?: RuleView; spec: RuleSpec }) {
  const form = useSpecForm(spec, shown)
  const client = useQueryClient()
  const navigate = useNavigate()
  const fromFile = rule?.origin === 'file'
  const severity = form.choice('severity')

  const save = async () => {
    const body = forKind(form.value)
    const saved = await form.submit(() =>
      rule ? api.put<RuleView>(`/api/rules/${rule.id}`, body) : api.post<RuleView>('/api/rules', body),
    )
    if (!saved) return
    client.setQueryData(ruleQuery(saved.id).queryKey, saved)
    await client.invalidateQueries({ queryKey: rulesQuery.queryKey })
    tell(`Rule "${saved.spec.name}" saved.`)
    await navigate('/rules')
  }
  const remove = async () => {
    await api.delete(`/api/rules/${rule?.id ?? ''}`)
    await navigate('/rules')
    await client.invalidateQueries({ queryKey: rulesQuery.queryKey })
  }

  return (
    <Stack maw={980}>
      <PageHeader title={rule ? rule.spec.name : 'New rule'} back={{ to: '/rules', label: 'Rules' }}>
        {rule && !fromFile && (
          <ConfirmButton
            label="Delete"
            question={`Delete the rule "${rule.spec.name}"?`}
            confirmLabel="Delete rule"
            leftSection={<IconTrash size={16} />}
            onConfirm={remove}
          >
            It raises nothing any more. Its incidents stay until they are swept.
          </ConfirmButton>
        )}
      </PageHeader>
      {fromFile && (
        <Alert icon={<IconInfo />} variant="light">
          The configuration file has this rule; it is changed there. Here it can be tried and back-tested.
        </Alert>
      )}
      <Panel title="Rule">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label="Name" placeholder="Part dropped" required {...form.text('name')} />
          <NativeSelect
            label="Severity"
            data={severities}
            value={severity.value}
            error={severity.error}
            onChange={(event) => severity.onChange(event.currentTarget.value)}
          />
        </SimpleGrid>
        <Switch label="On" {...form.flag('enabled')} />
      </Panel>
      <ConditionPanel form={form} ruleId={rule?.id} />
      <Panel title="Timing">
        <TimingFields form={form} />
      </Panel>
      <Panel title="Where and when">
        <SelectorFields
          value={form.value.cameras}
          error={form.faultAt('cameras')}
          onChange={(cameras) => form.set('cameras', cameras)}
        />
        <ScheduleFields
          label="Raises incidents only at certain times"
          value={form.value.schedule}
          faultAt={form.faultAt}
          onChange={(schedule) => form.set('schedule', schedule)}
        />
      </Panel>
      <BackTestPanel rule={forKind(form.value)} />
      <Faults faults={form.faults} />
      {!fromFile && (
        <Group>
          <Button
            loading={form.busy}
            disabled={rule !== undefined && form.patch === null}
            onClick={() => void save()}
            data-testid="save-rule"
          >
            Save rule
          </Button>
        </Group>
      )}
    </Stack>
  )
}

/** What the other kind of rule would need is not sent. */
function forKind(spec: RuleSpec): RuleSpec {
  return spec.kind === 'caption' ? { ...spec, question: null } : { ...spec, expression: null }
}
