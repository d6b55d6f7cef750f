import { NativeSelect, NumberInput, SimpleGrid, Stack, Switch } from '@mantine/core'
import type { CameraSpec } from '../api/types'
import type { SpecForm } from '../forms/useSpecForm'

export const SAMPLING_PATHS = [
  'sampling.ratePerSecond',
  'sampling.mode',
  'sampling.sceneChange',
  'sampling.sceneChangeThreshold',
  'sampling.freshnessLimitSeconds',
  'sampling.preRollSeconds',
  'sampling.frozenAfterSeconds',
  'resolutionPx',
]

const modes = [
  { value: 'auto', label: 'Automatic' },
  { value: 'full', label: 'Every frame' },
  { value: 'keyframes', label: 'Key frames only (cheap, no look between them)' },
]

export function SamplingFields({ form }: { form: SpecForm<CameraSpec> }) {
  const mode = form.choice('sampling.mode')
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        <NumberInput
          label="Looks per second"
          description="At most; 0.01 to 30"
          min={0}
          max={30}
          step={0.5}
          {...form.number('sampling.ratePerSecond')}
        />
        <NativeSelect
          label="Frames decoded"
          description="Key frames alone cost a ninth"
          data={modes}
          value={mode.value}
          error={mode.error}
          onChange={(event) => mode.onChange(event.currentTarget.value)}
        />
        <NumberInput
          label="Freshness limit"
          description="Older frames are never captioned; 0.2 to 60 s"
          suffix=" s"
          {...form.number('sampling.freshnessLimitSeconds')}
        />
        <NumberInput
          label="Pre-roll"
          description="Pictures kept as evidence; 0 to 30 s"
          suffix=" s"
          {...form.number('sampling.preRollSeconds')}
        />
        <NumberInput
          label="Frozen after"
          description="Without any change; 0 switches the test off"
          suffix=" s"
          {...form.number('sampling.frozenAfterSeconds')}
        />
        <NumberInput
          label="Resolution"
          description="Longest side; empty takes what the model sees"
          suffix=" px"
          allowDecimal={false}
          {...form.number('resolutionPx')}
        />
      </SimpleGrid>
      <Switch
        label="Also look when the scene changes"
        description="Between two looks, so that a short event is not missed"
        {...form.flag('sampling.sceneChange')}
      />
      <NumberInput
        label="Scene change from"
        description="Change of brightness in the most changed part; above 0, to 1"
        maw={320}
        step={0.01}
        decimalScale={3}
        disabled={!form.value.sampling.sceneChange}
        {...form.number('sampling.sceneChangeThreshold')}
      />
    </Stack>
  )
}
