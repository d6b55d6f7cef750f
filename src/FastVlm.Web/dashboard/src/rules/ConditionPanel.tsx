import { SegmentedControl } from '@mantine/core'
import type { RuleSpec } from '../api/types'
import type { SpecForm } from '../forms/useSpecForm'
import { Panel } from '../ui/Page'
import { ExpressionFields } from './ExpressionFields'
import { QuestionFields } from './QuestionFields'

interface ConditionPanelProps {
  form: SpecForm<RuleSpec>
  ruleId: string | undefined
}

/** What the rule looks at, and the chance to try it at once. */
export function ConditionPanel({ form, ruleId }: ConditionPanelProps) {
  return (
    <Panel title="Condition">
      <SegmentedControl
        aria-label="Kind of rule"
        w="fit-content"
        maw="100%"
        data={[
          { value: 'caption', label: 'Caption words' },
          { value: 'question', label: 'Yes/no question' },
        ]}
        value={form.value.kind}
        onChange={(kind) => form.set('kind', kind)}
      />
      {form.value.kind === 'caption' ? <ExpressionFields form={form} /> : <QuestionFields form={form} ruleId={ruleId} />}
    </Panel>
  )
}
