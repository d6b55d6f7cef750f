import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import type { MaintenanceWindow } from '../api/types'
import { IconPlus, IconTrash } from '../ui/icons'
import { fromLocalInput, toLocalInput } from './localTime'

interface MaintenanceFieldsProps {
  value: MaintenanceWindow[]
  error: string | undefined
  onChange: (value: MaintenanceWindow[]) => void
}

/** Times in which nothing is to be raised, in the browser's time zone. */
export function MaintenanceFields({ value, error, onChange }: MaintenanceFieldsProps) {
  const set = (index: number, part: Partial<MaintenanceWindow>) =>
    onChange(value.map((old, i) => (i === index ? { ...old, ...part } : old)))
  const add = () => {
    const from = new Date()
    onChange([...value, { from: from.toISOString(), to: new Date(from.getTime() + 3_600_000).toISOString(), note: null }])
  }
  return (
    <Stack gap="xs">
      {value.map((window, index) => (
        <Group key={index} align="flex-end" role="group" aria-label={`Maintenance window ${index + 1}`}>
          <TextInput
            type="datetime-local"
            label="Maintenance from"
            value={toLocalInput(window.from)}
            onChange={(event) => set(index, { from: fromLocalInput(event.currentTarget.value, window.from) })}
          />
          <TextInput
            type="datetime-local"
            label="to"
            value={toLocalInput(window.to)}
            onChange={(event) => set(index, { to: fromLocalInput(event.currentTarget.value, window.to) })}
          />
          <TextInput
            label="Note"
            value={window.note ?? ''}
            onChange={(event) => set(index, { note: event.currentTarget.value || null })}
          />
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={`Remove maintenance window ${index + 1}`}
            onClick={() => onChange(value.filter((_, i) => i !== index))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      {error && (
        <Text size="sm" c="red" role="alert">
          {error}
        </Text>
      )}
      <Button variant="default" size="xs" w="fit-content" leftSection={<IconPlus size={14} />} onClick={add}>
        Add maintenance window
      </Button>
    </Stack>
  )
}
