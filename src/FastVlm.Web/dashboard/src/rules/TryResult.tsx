import type { ReactNode } from 'react'
import type { RuleTry } from '../api/types'
import { Badge } from '../ui/Badge'
import { Highlight } from '../ui/Highlight'
import { IconBell, IconCircleCheck } from '../ui/icons'
import { partsOfSpan } from '../ui/spans'
import styles from './rules.module.css'

/** Whether a text matches, what of it, and why. */
export function TryResult({ result, text, note }: { result: RuleTry | undefined; text: string; note?: ReactNode }) {
  if (result === undefined || result.errors.length > 0)
    return <div className={styles.tryResult} data-testid="try-result" role="status" />
  return (
    <div className={styles.tryResult} data-testid="try-result" data-match={result.isMatch} role="status">
      {result.isMatch ? (
        <Badge tone="critical" icon={IconBell} word="Matches" />
      ) : (
        <Badge tone="quiet" icon={IconCircleCheck} word="No match" />
      )}
      <span>
        <Highlight parts={partsOfSpan(text, result.spanStart, result.span)} />
        <span className={styles.words}>{result.why}</span>
        {note !== undefined && <span className={styles.words}>{note}</span>}
      </span>
    </div>
  )
}
