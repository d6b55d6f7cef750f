import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import type { CaptionRecord } from '../api/types'
import { percent } from '../ui/format'
import { Ago } from '../ui/Time'
import styles from './rules.module.css'

const READ_COUNT = 200
const SHOWN_COUNT = 24

/** The last probabilities of "yes", against the threshold as it stands in the form. */
export function RecentAnswers({ ruleId, threshold }: { ruleId: string; threshold: number }) {
  const { data } = useQuery({
    queryKey: ['captions', 'answers', ruleId],
    queryFn: ({ signal }) => api.get<CaptionRecord[]>('/api/captions', { limit: READ_COUNT }, signal),
    refetchInterval: 3000,
  })
  const answered = (data ?? []).flatMap((caption) => {
    const probability = caption.answers[ruleId]
    return probability === undefined ? [] : [{ caption, probability }]
  })
  if (answered.length === 0) return <span className={styles.words}>No answers yet: they come with the next looks.</span>
  const above = answered.filter(({ probability }) => probability >= threshold).length
  return (
    <div>
      <h3 className={styles.subtitle}>
        Recent answers: {above} of {answered.length} at or above the threshold
      </h3>
      <ul className={styles.answers}>
        {answered.slice(0, SHOWN_COUNT).map(({ caption, probability }) => (
          <li key={caption.id} title={caption.text}>
            <span className={styles.answerBar} aria-hidden="true" data-above={probability >= threshold || undefined}>
              <span style={{ width: percent(probability).replace(' ', '') }} />
            </span>
            <span className="tabular">
              {percent(probability)}
              {probability >= threshold ? ' yes' : ''}
            </span>
            <span className={styles.words}>
              <Ago at={caption.stamps.capturedAt} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
