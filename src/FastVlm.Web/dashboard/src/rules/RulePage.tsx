// One rule, new or known: what it looks for, tried on text and on the latest captions, back-tested, saved.
// Roles: heading; text boxes "Name", "Expression" or "Question", "Text to try"; buttons "Back-test", "Save rule", "Delete".
// Test ids: try-result, try-latest, timing-summary, back-test, back-test-result, save-rule, form-faults.

import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { defaultRule } from '../api/defaults'
import { ruleQuery } from '../api/queries'
import { PageState } from '../ui/Page'
import { RuleEditor } from './RuleEditor'

export default function RulePage() {
  const { id = 'new' } = useParams()
  return id === 'new' ? <RuleEditor key="new" spec={defaultRule} /> : <KnownRule key={id} id={id} />
}

function KnownRule({ id }: { id: string }) {
  const rule = useQuery(ruleQuery(id))
  if (rule.data === undefined) {
    return <PageState title="Rule" back={{ to: '/rules', label: 'Rules' }} error={rule.error} onRetry={() => void rule.refetch()} />
  }
  return <RuleEditor rule={rule.data} spec={rule.data.spec} />
}
