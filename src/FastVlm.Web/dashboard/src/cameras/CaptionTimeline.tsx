import { Button, Loader, ScrollArea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { rulesQuery } from '../api/queries'
import type { CaptionRecord, RuleView } from '../api/types'
import { IconSearch } from '../ui/icons'
import { Panel, Trouble } from '../ui/Page'
import { clockTime, exact, percent, seconds } from '../ui/format'
import { MatchedText } from './MatchedText'
import { useCaptionTimeline } from './useCaptionTimeline'
import styles from './cameras.module.css'

const SEARCH_AFTER_MS = 300

export function CaptionTimeline({ cameraId }: { cameraId: string }) {
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), SEARCH_AFTER_MS)
  const timeline = useCaptionTimeline(cameraId, search)
  const rules = useQuery(rulesQuery).data ?? []
  return (
    <Panel title="Captions">
      <TextInput
        aria-label="Search captions"
        placeholder={'Words, "exact words", begin*'}
        leftSection={<IconSearch size={16} />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {timeline.isPending && <Loader size="sm" aria-label="Loading captions" />}
      {timeline.isError && <Trouble error={timeline.error} onRetry={() => void timeline.refetch()} />}
      {timeline.isSuccess && timeline.captions.length === 0 && (
        <p className={styles.entryNote}>{search === '' ? 'No captions yet.' : `No caption has "${search}".`}</p>
      )}
      <ScrollArea.Autosize
        mah={520}
        type="auto"
        viewportProps={{ tabIndex: 0, 'aria-label': 'Captions, newest first', role: 'group' }}
      >
        <ol className={styles.timeline} data-testid="caption-timeline">
          {timeline.captions.map((caption) => (
            <Entry key={caption.id} caption={caption} search={search} rules={rules} />
          ))}
        </ol>
        {timeline.hasNextPage && (
          <Button variant="subtle" fullWidth loading={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
            Older captions
          </Button>
        )}
      </ScrollArea.Autosize>
    </Panel>
  )
}

function Entry({ caption, search, rules }: { caption: CaptionRecord; search: string; rules: RuleView[] }) {
  const matched = rules.filter((rule) => caption.matchedRules.includes(rule.id))
  const answered = rules.filter((rule) => caption.answers[rule.id] !== undefined)
  return (
    <li className={styles.entry} data-testid="caption-entry" data-caption={caption.id}>
      <p className={styles.entryText}>
        <MatchedText text={caption.text} search={search} rules={matched} />
      </p>
      <div className={styles.entryNote}>
        <time dateTime={caption.stamps.capturedAt} title={exact(caption.stamps.capturedAt)}>
          {clockTime(caption.stamps.capturedAt)}
        </time>
        <span title="Time to first token">{seconds(caption.timeToFirstTokenSeconds)}</span>
        {caption.reason === 'sceneChange' && <span>Scene change</span>}
        {matched.map((rule) => (
          <Link key={rule.id} to={`/rules/${rule.id}`}>
            Matched: {rule.name}
          </Link>
        ))}
        {answered.map((rule) => (
          <span key={rule.id}>
            {rule.name}: {percent(caption.answers[rule.id] ?? 0)} yes
          </span>
        ))}
      </div>
    </li>
  )
}
