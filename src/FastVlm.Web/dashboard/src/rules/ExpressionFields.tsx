import { Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { RuleSpec } from '../api/types'
import type { SpecForm } from '../forms/useSpecForm'
import { ExpressionInput } from './ExpressionInput'
import { LatestCaptions } from './LatestCaptions'
import { TryResult } from './TryResult'
import { useRuleTry } from './useRuleTry'
import styles from './rules.module.css'

const EXAMPLE = 'A part dropped onto the floor.'

export function ExpressionFields({ form }: { form: SpecForm<RuleSpec> }) {
  const [text, setText] = useState(EXAMPLE)
  const expression = form.value.expression ?? ''
  const result = useRuleTry(expression, text)
  const fault = result?.errors[0]
  return (
    <Stack gap="sm">
      <ExpressionInput
        value={expression}
        error={fault?.message ?? form.faultAt('expression')}
        hint={fault?.hint ?? undefined}
        position={fault?.position ?? undefined}
        onChange={(next) => form.set('expression', next)}
      />
      <Text size="sm" c="dimmed">
        Phrases match in any inflection and never inside a negation: <code>part dropped</code>, <code>smoke or fire</code>,{' '}
        <code>worker and not helmet</code>, <code>&quot;exact words&quot;</code>, <code>/regular expression/</code>, parentheses.
      </Text>
      <div className={styles.trial}>
        <TextInput label="Text to try" value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <TryResult result={result} text={text} />
      </div>
      {fault === undefined && expression.trim() !== '' && <LatestCaptions expression={expression} cameras={form.value.cameras} />}
    </Stack>
  )
}
