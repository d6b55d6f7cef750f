import { Link } from 'react-router'
import type { Evidence } from '../api/types'
import { Figures, Panel } from '../ui/Page'
import { percent } from '../ui/format'

/** Everything needed to repeat the decision. */
export function DecisionPanel({ evidence: { caption, rule, verdict, modelFingerprint, parameters } }: { evidence: Evidence }) {
  const isQuestion = rule.kind === 'question'
  return (
    <Panel title="Decision">
      <Figures
        rows={[
          [
            'Rule',
            <Link key="rule" to={`/rules/${verdict.ruleId}`}>
              {rule.name}
            </Link>,
          ],
          isQuestion ? ['Question', rule.question] : ['Expression', <code key="expression">{rule.expression}</code>],
          ...(isQuestion && typeof verdict.probability === 'number'
            ? ([['Probability of yes', `${percent(verdict.probability)} (from ${percent(rule.threshold)})`]] as [string, string][])
            : []),
          ['Prompt', parameters.prompt],
          ['Model', caption.modelName],
          ['Fingerprint', <code key="fingerprint">{modelFingerprint}</code>],
          ['Longest answer', `${parameters.maxNewTokens} tokens`],
          [
            'Choice of tokens',
            parameters.temperature === 0 ? 'Greedy' : `Temperature ${parameters.temperature}, seed ${parameters.seed}`,
          ],
          ['Looked at because of', caption.reason === 'sceneChange' ? 'a scene change' : 'the rate'],
        ]}
      />
    </Panel>
  )
}
