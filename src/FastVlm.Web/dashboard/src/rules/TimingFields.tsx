import { NumberInput, SimpleGrid, Stack } from '@mantine/core'
import type { RuleSpec } from '../api/types'
import type { SpecForm } from '../forms/useSpecForm'
import { timingInWords } from './timing'
import styles from './rules.module.css'

export const TIMING_PATHS = [
  'timing.onMatches',
  'timing.onWindow',
  'timing.offMisses',
  'timing.minimumDurationSeconds',
  'timing.clearAfterSeconds',
  'timing.cooldownSeconds',
]

export function TimingFields({ form }: { form: SpecForm<RuleSpec> }) {
  return (
    <Stack gap="sm">
      <p className={styles.summary} data-testid="timing-summary">
        {timingInWords(form.value.timing)}
      </p>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
        <NumberInput label="Opens after" description="Matches" allowDecimal={false} min={1} {...form.number('timing.onMatches')} />
        <NumberInput label="among the last" description="Looks" allowDecimal={false} min={1} {...form.number('timing.onWindow')} />
        <NumberInput
          label="held for at least"
          description="0: at once"
          suffix=" s"
          min={0}
          {...form.number('timing.minimumDurationSeconds')}
        />
        <NumberInput
          label="Clears after"
          description="Looks in a row without a match"
          allowDecimal={false}
          min={1}
          {...form.number('timing.offMisses')}
        />
        <NumberInput
          label="but not before"
          description="After the last match"
          suffix=" s"
          min={0}
          {...form.number('timing.clearAfterSeconds')}
        />
        <NumberInput
          label="Cooldown"
          description="Between two alerts at one camera"
          suffix=" s"
          min={0}
          {...form.number('timing.cooldownSeconds')}
        />
      </SimpleGrid>
    </Stack>
  )
}
