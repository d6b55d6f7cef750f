import { Checkbox, Group, Input, MultiSelect, NativeSelect, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { rulesQuery } from '../api/queries'
import type { EndpointSpec } from '../api/types'
import { SelectorFields } from '../forms/SelectorFields'
import type { SpecForm } from '../forms/useSpecForm'
import { eventWords, templateWords } from './words'

export const ENDPOINT_PATHS = [
  'name',
  'url',
  'enabled',
  'template',
  'events',
  'minimumSeverity',
  'cameras',
  'rules',
  'allowPrivateNetwork',
]

const templates = Object.entries(templateWords).map(([value, label]) => ({ value, label }))
const severities = [
  { value: 'info', label: 'Info and above' },
  { value: 'warning', label: 'Warning and above' },
  { value: 'critical', label: 'Critical only' },
]

export function EndpointFields({ form }: { form: SpecForm<EndpointSpec> }) {
  const rules = useQuery(rulesQuery).data ?? []
  const template = form.choice('template')
  const severity = form.choice('minimumSeverity')
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label="Name" placeholder="Shift phone" required {...form.text('name')} />
        <NativeSelect
          label="Template"
          data={templates}
          value={template.value}
          error={template.error}
          onChange={(event) => template.onChange(event.currentTarget.value)}
        />
      </SimpleGrid>
      <TextInput
        label="Address"
        description="https:// or http://; shown without its query"
        placeholder="https://alerts.plant.example/fastvlm"
        required
        autoComplete="off"
        spellCheck={false}
        {...form.text('url')}
      />
      <Switch
        label="The address lies in the plant's own network"
        description="Allows 10/8, 172.16/12, 192.168/16 and fc00::/7, which are refused otherwise"
        {...form.flag('allowPrivateNetwork')}
      />
      <Switch label="On" {...form.flag('enabled')} />
      <Checkbox.Group
        label="Told when an incident is"
        description="None chosen: all of them"
        value={form.value.events}
        error={form.faultAt('events')}
        onChange={(events) => form.set('events', events)}
      >
        <Group mt={6}>
          {Object.entries(eventWords).map(([value, label]) => (
            <Checkbox key={value} value={value} label={label} />
          ))}
        </Group>
      </Checkbox.Group>
      <NativeSelect
        label="Severity"
        maw={300}
        data={severities}
        value={severity.value}
        error={severity.error}
        onChange={(event) => severity.onChange(event.currentTarget.value)}
      />
      <SelectorFields
        value={form.value.cameras}
        error={form.faultAt('cameras')}
        onChange={(cameras) => form.set('cameras', cameras)}
      />
      <Input.Wrapper error={form.faultAt('rules')}>
        <MultiSelect
          label="Rules"
          description="None chosen: every rule, and the platform's own incidents"
          data={rules.map(({ id, spec }) => ({ value: id, label: spec.name }))}
          value={form.value.rules}
          searchable
          clearable
          onChange={(chosen) => form.set('rules', chosen)}
        />
      </Input.Wrapper>
    </Stack>
  )
}
