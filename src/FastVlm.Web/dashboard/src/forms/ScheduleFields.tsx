import { ActionIcon, Autocomplete, Button, Chip, Group, Stack, Switch, Text, TextInput } from '@mantine/core'
import { defaultSchedule } from '../api/defaults'
import type { DayOfWeek, ScheduleSpec, ShiftSpec } from '../api/types'
import { IconPlus, IconTrash } from '../ui/icons'
import { MaintenanceFields } from './MaintenanceFields'

const days: [DayOfWeek, string][] = [
  ['monday', 'Mon'],
  ['tuesday', 'Tue'],
  ['wednesday', 'Wed'],
  ['thursday', 'Thu'],
  ['friday', 'Fri'],
  ['saturday', 'Sat'],
  ['sunday', 'Sun'],
]

const timeZones = ['UTC', ...Intl.supportedValuesOf('timeZone')]

interface ScheduleFieldsProps {
  /** What follows the schedule, for the switch: "Only at certain times". */
  label: string
  value: ScheduleSpec | null
  faultAt: (path: string) => string | undefined
  onChange: (value: ScheduleSpec | null) => void
}

/** Shifts in a time zone and maintenance windows; off means always. */
export function ScheduleFields({ label, value, faultAt, onChange }: ScheduleFieldsProps) {
  const setShift = (index: number, shift: ShiftSpec) =>
    value && onChange({ ...value, shifts: value.shifts.map((old, i) => (i === index ? shift : old)) })
  return (
    <Stack gap="sm">
      <Switch
        label={label}
        checked={value !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? defaultSchedule() : null)}
      />
      {value && (
        <>
          <Autocomplete
            label="Time zone"
            description="Shifts follow its clock through summer time"
            maw={320}
            data={timeZones}
            limit={30}
            value={value.timeZone}
            error={faultAt('schedule.timeZone')}
            onChange={(timeZone) => onChange({ ...value, timeZone })}
          />
          {value.shifts.length === 0 && (
            <Text size="sm" c="dimmed">
              No shift: all day, every day.
            </Text>
          )}
          {value.shifts.map((shift, index) => (
            <ShiftFields
              key={index}
              number={index + 1}
              shift={shift}
              error={faultAt(`schedule.shifts[${index}]`)}
              onChange={(next) => setShift(index, next)}
              onRemove={() => onChange({ ...value, shifts: value.shifts.filter((_, i) => i !== index) })}
            />
          ))}
          <Button
            variant="default"
            size="xs"
            w="fit-content"
            leftSection={<IconPlus size={14} />}
            onClick={() => onChange({ ...value, shifts: [...value.shifts, { days: [], from: '06:00', to: '14:00' }] })}
          >
            Add shift
          </Button>
          <MaintenanceFields
            value={value.maintenance}
            error={faultAt('schedule.maintenance')}
            onChange={(maintenance) => onChange({ ...value, maintenance })}
          />
        </>
      )}
    </Stack>
  )
}

interface ShiftFieldsProps {
  number: number
  shift: ShiftSpec
  error: string | undefined
  onChange: (shift: ShiftSpec) => void
  onRemove: () => void
}

function ShiftFields({ number, shift, error, onChange, onRemove }: ShiftFieldsProps) {
  return (
    <Group align="flex-end" role="group" aria-label={`Shift ${number}`} gap="sm">
      <TextInput
        type="time"
        label="From"
        value={shift.from.slice(0, 5)}
        error={error}
        onChange={(event) => onChange({ ...shift, from: event.currentTarget.value })}
      />
      <TextInput
        type="time"
        label="To"
        value={shift.to.slice(0, 5)}
        onChange={(event) => onChange({ ...shift, to: event.currentTarget.value })}
      />
      <Chip.Group multiple value={shift.days} onChange={(next) => onChange({ ...shift, days: next })}>
        <Group gap={4} pb={3} aria-label="Days; none chosen is every day" role="group">
          {days.map(([day, short]) => (
            <Chip key={day} value={day} size="xs">
              {short}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <ActionIcon variant="default" size="lg" aria-label={`Remove shift ${number}`} onClick={onRemove}>
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  )
}
