import { ActionIcon, Button, Fieldset, Group, NumberInput, Stack, Text } from '@mantine/core'
import type { MaskSpec, RegionSpec } from '../../api/types'
import { IconPlus, IconTrash } from '../../ui/icons'
import { rounded, withPointAfter } from './shapes'

const POINTS_MIN = 3
const POINTS_MAX = 32

interface PercentProps {
  label: string
  value: number
  onChange: (share: number) => void
}

/** A share of the picture, in percent. */
function Percent({ label, value, onChange }: PercentProps) {
  return (
    <NumberInput
      size="xs"
      w={124}
      label={label}
      suffix=" %"
      min={0}
      max={100}
      decimalScale={1}
      value={Math.round(value * 1000) / 10}
      onChange={(next) => next !== '' && onChange(rounded(Number(next) / 100))}
    />
  )
}

function Fault({ error }: { error: string | undefined }) {
  return error === undefined ? null : (
    <Text size="sm" c="red" role="alert">
      {error}
    </Text>
  )
}

interface RegionFieldsProps {
  region: RegionSpec | null
  error: string | undefined
  onChange: (region: RegionSpec) => void
}

export function RegionFields({ region, error, onChange }: RegionFieldsProps) {
  if (region === null) return <Fault error={error} />
  const set = (part: Partial<RegionSpec>) => onChange({ ...region, ...part })
  return (
    <Fieldset legend="Region of interest">
      <Group gap="xs">
        <Percent label="From the left" value={region.x} onChange={(x) => set({ x })} />
        <Percent label="From the top" value={region.y} onChange={(y) => set({ y })} />
        <Percent label="Width" value={region.width} onChange={(width) => set({ width })} />
        <Percent label="Height" value={region.height} onChange={(height) => set({ height })} />
      </Group>
      <Fault error={error} />
    </Fieldset>
  )
}

interface MaskFieldsProps {
  masks: MaskSpec[]
  error: string | undefined
  onChange: (masks: MaskSpec[]) => void
}

export function MaskFields({ masks, error, onChange }: MaskFieldsProps) {
  const set = (index: number, mask: MaskSpec) => onChange(masks.map((old, i) => (i === index ? mask : old)))
  return (
    <Stack gap="sm">
      <Fault error={error} />
      {masks.map((mask, index) => (
        <OneMask
          key={index}
          number={index + 1}
          mask={mask}
          onChange={(next) => set(index, next)}
          onRemove={() => onChange(masks.filter((_, i) => i !== index))}
        />
      ))}
    </Stack>
  )
}

interface OneMaskProps {
  number: number
  mask: MaskSpec
  onChange: (mask: MaskSpec) => void
  onRemove: () => void
}

function OneMask({ number, mask, onChange, onRemove }: OneMaskProps) {
  const { points } = mask
  const setPoint = (index: number, part: { x?: number; y?: number }) =>
    onChange({ points: points.map((old, i) => (i === index ? { ...old, ...part } : old)) })
  return (
    <Fieldset legend={`Privacy mask ${number}`}>
      <Stack gap={6}>
        {points.map((point, index) => (
          <Group key={index} gap="xs" align="flex-end" role="group" aria-label={`Corner ${index + 1}`}>
            <Percent label={`Corner ${index + 1} across`} value={point.x} onChange={(x) => setPoint(index, { x })} />
            <Percent label="down" value={point.y} onChange={(y) => setPoint(index, { y })} />
            <ActionIcon
              variant="default"
              disabled={points.length >= POINTS_MAX}
              aria-label={`Add a corner after corner ${index + 1}`}
              onClick={() => onChange(withPointAfter(mask, index))}
            >
              <IconPlus size={14} />
            </ActionIcon>
            <ActionIcon
              variant="default"
              disabled={points.length <= POINTS_MIN}
              aria-label={`Remove corner ${index + 1}`}
              onClick={() => onChange({ points: points.filter((_, i) => i !== index) })}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </Group>
        ))}
        <Button variant="default" size="xs" w="fit-content" leftSection={<IconTrash size={14} />} onClick={onRemove}>
          Remove privacy mask {number}
        </Button>
      </Stack>
    </Fieldset>
  )
}
