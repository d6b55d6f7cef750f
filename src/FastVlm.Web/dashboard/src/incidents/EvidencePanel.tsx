import { useState } from 'react'
import { evidenceAddress } from '../api/queries'
import type { Evidence, Incident } from '../api/types'
import { Highlight } from '../ui/Highlight'
import { Panel } from '../ui/Page'
import { exact, seconds } from '../ui/format'
import { partsOfSpan } from '../ui/spans'
import styles from './incidents.module.css'

/** The triggering frame, the seconds before it, and the caption with what matched. */
export function EvidencePanel({ incident, evidence }: { incident: Incident; evidence: Evidence }) {
  const { pictures, caption, verdict } = evidence
  const [index, setIndex] = useState(
    Math.max(
      0,
      pictures.findIndex((picture) => picture.isTrigger),
    ),
  )
  const picture = pictures[index]
  const trigger = pictures.find((candidate) => candidate.isTrigger)
  const offset = (at: string) => (Date.parse(at) - Date.parse(trigger?.capturedAt ?? at)) / 1000
  return (
    <Panel title="Evidence">
      {picture && (
        <figure className={styles.figure}>
          <img
            className={styles.picture}
            style={{ aspectRatio: `${picture.widthPx} / ${picture.heightPx}` }}
            src={evidenceAddress(incident.id, index)}
            alt={
              picture.isTrigger
                ? `The frame that triggered it: ${caption.text}`
                : `The frame ${seconds(-offset(picture.capturedAt))} before`
            }
            data-testid="evidence-picture"
          />
          <figcaption className={styles.why} title={exact(picture.capturedAt)}>
            {picture.isTrigger ? 'The frame that triggered it' : `${seconds(-offset(picture.capturedAt))} before`}, as the model saw
            it; SHA-256 <code title={picture.sha256}>{picture.sha256.slice(0, 12)}</code>
          </figcaption>
        </figure>
      )}
      {pictures.length > 1 && (
        <div className={styles.strip} role="group" aria-label="Pictures before and at the trigger">
          {pictures.map((candidate, number) => (
            <button
              key={candidate.sha256 + candidate.capturedAt}
              type="button"
              className={styles.thumb}
              aria-pressed={number === index}
              onClick={() => setIndex(number)}
            >
              <img src={evidenceAddress(incident.id, number)} alt="" loading="lazy" />
              <span>{candidate.isTrigger ? 'Trigger' : `-${seconds(-offset(candidate.capturedAt))}`}</span>
            </button>
          ))}
        </div>
      )}
      <blockquote className={styles.caption} data-testid="evidence-caption">
        <Highlight parts={partsOfSpan(caption.text, verdict.spanStart, verdict.span)} />
      </blockquote>
      <span>{verdict.why}</span>
    </Panel>
  )
}
