import { Input, Slider, Stack, Textarea } from '@mantine/core'
import type { RuleSpec } from '../api/types'
import type { SpecForm } from '../forms/useSpecForm'
import { percent } from '../ui/format'
import { RecentAnswers } from './RecentAnswers'

const marks = [0.25, 0.5, 0.75].map((value) => ({ value, label: percent(value) }))

export function QuestionFields({ form, ruleId }: { form: SpecForm<RuleSpec>; ruleId: string | undefined }) {
  const { threshold } = form.value
  return (
    <Stack gap="md">
      <Textarea
        label="Question"
        description={'"Answer yes or no." is added. The model gives a probability, in one step on the same picture.'}
        placeholder="Is a part lying on the floor?"
        required
        autosize
        minRows={1}
        {...form.text('question')}
      />
      <Input.Wrapper label={`Holds from ${percent(threshold)} "yes"`} error={form.faultAt('threshold')} pb="lg">
        <Slider
          min={0.01}
          max={0.99}
          step={0.01}
          marks={marks}
          label={percent}
          thumbLabel="Probability of yes from which the rule holds"
          value={threshold}
          onChange={(value) => form.set('threshold', Math.round(value * 100) / 100)}
        />
      </Input.Wrapper>
      {ruleId !== undefined && <RecentAnswers ruleId={ruleId} threshold={threshold} />}
    </Stack>
  )
}
