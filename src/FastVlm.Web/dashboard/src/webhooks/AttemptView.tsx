import { Code } from '@mantine/core'
import type { DeliveryAttempt } from '../api/types'
import { exact, seconds } from '../ui/format'
import { prettyJson } from './prettyJson'
import styles from './webhooks.module.css'

/** One try: what was sent, what came back. */
export function AttemptView({ attempt, payload }: { attempt: DeliveryAttempt; payload: string }) {
  const headers = Object.entries(attempt.requestHeaders)
  return (
    <div className={styles.attempt}>
      <div className="tabular">
        Try {attempt.number}, {exact(attempt.at)}, took {seconds(attempt.durationSeconds)}
        {attempt.remoteAddress ? `, to ${attempt.remoteAddress}` : ''}
      </div>
      {attempt.error && <div>{attempt.error}</div>}
      <h3 className={styles.subtitle}>Request</h3>
      <Code block className={styles.code ?? ''} tabIndex={0}>
        {headers.map(([name, value]) => `${name}: ${value}\n`).join('')}
        {headers.length > 0 ? '\n' : ''}
        {prettyJson(payload)}
      </Code>
      <h3 className={styles.subtitle}>Response{attempt.statusCode ? `: ${attempt.statusCode}` : ''}</h3>
      <Code block className={styles.code ?? ''} tabIndex={0}>
        {attempt.responseBody ? prettyJson(attempt.responseBody) : '(no body)'}
      </Code>
    </div>
  )
}
