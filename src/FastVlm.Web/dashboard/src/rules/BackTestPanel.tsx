import { Alert, Button, Group, NativeSelect, Progress } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { camerasQuery } from '../api/queries'
import type { BackTestIncident, BackTestView, RuleSpec } from '../api/types'
import { useAction } from '../ui/actions'
import { Highlight } from '../ui/Highlight'
import { IconHistory } from '../ui/icons'
import { Panel } from '../ui/Page'
import { count, duration, exact, plural } from '../ui/format'
import { partsOfSpan } from '../ui/spans'
import { useBackTest } from './useBackTest'
import styles from './rules.module.css'

const spans = [
  { value: '1', label: 'the last hour' },
  { value: '24', label: 'the last 24 hours' },
  { value: '168', label: 'the last 7 days' },
  { value: '720', label: 'the last 30 days' },
]

/** What the rule would have raised, before it is saved. */
export function BackTestPanel({ rule }: { rule: RuleSpec }) {
  const [hours, setHours] = useState('168')
  const [tested, setTested] = useState({ hours: '168', rule: '' })
  const [busy, run] = useAction()
  const { view, start, cancel } = useBackTest()
  const running = view?.state === 'running'
  const words = (value: string) => spans.find((span) => span.value === value)?.label ?? ''
  const begin = () =>
    run(async () => {
      await start({ ...rule, name: rule.name || 'Trial' }, Number(hours))
      setTested({ hours, rule: JSON.stringify(rule) })
    })
  return (
    <Panel title="Back-test" testId="back-test">
      <Group align="flex-end">
        <NativeSelect
          label="On the captions of"
          data={spans}
          value={hours}
          onChange={(event) => setHours(event.currentTarget.value)}
        />
        <Button
          variant="default"
          leftSection={<IconHistory size={16} />}
          loading={busy}
          disabled={running}
          onClick={() => void begin()}
        >
          Back-test
        </Button>
        {running && (
          <Button variant="default" onClick={() => void run(cancel)}>
            Cancel
          </Button>
        )}
      </Group>
      {running && <Running view={view} />}
      {view && !running && <Result view={view} span={words(tested.hours)} outdated={tested.rule !== JSON.stringify(rule)} />}
    </Panel>
  )
}

function Running({ view: { captionsRead, captionsTotal, incidentCount } }: { view: BackTestView }) {
  const share = captionsTotal > 0 ? (100 * captionsRead) / captionsTotal : 0
  return (
    <div>
      <Progress value={share} aria-label="Back-test" />
      <span className="tabular">
        {count(captionsRead)} of {plural(captionsTotal, 'caption')}, {plural(incidentCount, 'incident')} so far
      </span>
    </div>
  )
}

function Result({ view, span, outdated }: { view: BackTestView; span: string; outdated: boolean }) {
  if (view.state === 'failed') return <Alert color="red">{view.error}</Alert>
  const read = view.state === 'cancelled' ? `Cancelled after ${plural(view.captionsRead, 'caption')}. ` : ''
  return (
    <div role="status" data-testid="back-test-result">
      <p className={styles.summary}>
        {read}It would have fired {view.incidentCount === 1 ? 'once' : `${count(view.incidentCount)} times`} in {span}
        {view.incidentCount > 0 ? ', here:' : ` (${plural(view.captionsRead, 'caption')} read).`}
      </p>
      {outdated && <p className={styles.words}>The rule was changed since: test it again.</p>}
      <ul className={styles.latest}>
        {view.incidents.map((incident) => (
          <Fired key={`${incident.cameraId} ${incident.openedAt}`} incident={incident} />
        ))}
      </ul>
      {view.incidents.length < view.incidentCount && <p className={styles.words}>The first {view.incidents.length} are listed.</p>}
    </div>
  )
}

function Fired({ incident: { cameraId, openedAt, clearedAt, count: looks, caption, span, why } }: { incident: BackTestIncident }) {
  const cameras = useQuery(camerasQuery).data ?? []
  const lasted = clearedAt ? `for ${duration((Date.parse(clearedAt) - Date.parse(openedAt)) / 1000)}` : 'still open at the end'
  return (
    <li>
      <div>
        <Highlight parts={partsOfSpan(caption, span ? caption.indexOf(span) : -1, span)} />
        <div className={styles.words}>
          {why} <Link to={`/cameras/${cameraId}`}>{cameras.find((camera) => camera.id === cameraId)?.spec.name ?? cameraId}</Link>,{' '}
          <span className="tabular">{exact(openedAt)}</span>, {lasted}, {plural(looks, 'look')}
        </div>
      </div>
    </li>
  )
}
