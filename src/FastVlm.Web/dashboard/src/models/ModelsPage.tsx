// The models of this installation. Roles: heading "Models"; region "Active model"; list "Other models".
// Test ids: active-model, model-row.

import { Alert, Code } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { modelsQuery } from '../api/queries'
import type { ModelCard } from '../api/types'
import { Badge } from '../ui/Badge'
import { bytes, count, seconds } from '../ui/format'
import { IconCheck, IconChip, IconInfo, IconPlay } from '../ui/icons'
import { Empty, Figures, Loading, PageHeader, Panel, Trouble } from '../ui/Page'
import styles from './models.module.css'

const REFRESH_MS = 5000

export default function ModelsPage() {
  const models = useQuery({ ...modelsQuery, refetchInterval: REFRESH_MS })
  const active = models.data?.filter((model) => model.isActive) ?? []
  const others = models.data?.filter((model) => !model.isActive) ?? []
  return (
    <>
      <PageHeader title="Models" note="What looks at the pictures, under which licence, and how fast." />
      {models.isPending && <Loading />}
      {models.isError && <Trouble error={models.error} onRetry={() => void models.refetch()} />}
      {models.isSuccess && active.length === 0 && (
        <Empty icon={IconChip} title="No model is active">
          Without a model nothing is captioned. Start the platform with <Code>--model NAME</Code>.
        </Empty>
      )}
      {active.map((model) => (
        <ActiveModel key={model.name} model={model} />
      ))}
      {others.length > 0 && (
        <Panel title="Other models">
          <ul className={styles.list} aria-label="Other models">
            {others.map((model) => (
              <OtherModel key={model.name} model={model} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}

function ActiveModel({ model }: { model: ModelCard }) {
  const { description, figures } = model
  return (
    <div className={styles.active}>
      <Panel title="Active model" testId="active-model" actions={<Badge tone="good" icon={IconPlay} word="Active" />}>
        <span className={styles.name}>{model.name}</span>
        <Figures
          rows={[
            ['Licence', model.licence],
            ...(description
              ? ([
                  ['Runs on', description.device],
                  ['Sees', `${description.inputSizePx} × ${description.inputSizePx} px`],
                  ['Context', `${count(description.contextLength)} tokens`],
                  ['Fingerprint', <code key="fingerprint">{description.fingerprint}</code>],
                ] as [string, ReactNode][])
              : []),
            ...(model.dtype ? ([['Weights', model.dtype]] as [string, string][]) : []),
            ...(model.sizeBytes > 0 ? ([['Size', bytes(model.sizeBytes)]] as [string, string][]) : []),
          ]}
        />
        {model.licenceNotice && (
          <Alert icon={<IconInfo />} variant="light">
            {model.licenceNotice}
          </Alert>
        )}
        <h3 className={styles.subtitle}>Measured here, over the last looks</h3>
        {figures && figures.lookCount > 0 ? (
          <Figures
            rows={[
              ['First token, median', seconds(figures.timeToFirstTokenMedianSeconds)],
              ['First token, 95 %', seconds(figures.timeToFirstTokenP95Seconds)],
              ['Tokens per second, median', figures.tokensPerSecondMedian.toFixed(1)],
              ['Looks per second', figures.looksPerSecond.toFixed(2)],
              ['Looks since the start', count(figures.lookCount)],
            ]}
          />
        ) : (
          <span>No look yet.</span>
        )}
      </Panel>
    </div>
  )
}

function OtherModel({ model }: { model: ModelCard }) {
  return (
    <li className={styles.row} data-testid="model-row">
      <span className={styles.rowName}>{model.name}</span>
      <span>
        {model.licence}
        {model.dtype ? `, ${model.dtype}` : ''}
        {model.sizeBytes > 0 ? `, ${bytes(model.sizeBytes)}` : ''}
      </span>
      {model.isInstalled ? (
        <Badge tone="good" icon={IconCheck} word="Installed" />
      ) : (
        <Code className={styles.command ?? ''}>fastvlm models pull {model.name}</Code>
      )}
    </li>
  )
}
