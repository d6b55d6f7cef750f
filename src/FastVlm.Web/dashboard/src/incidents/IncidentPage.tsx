// One incident with its evidence; webhook messages link here.
// Roles: heading with the title; regions "Evidence", "Latency", "Decision", "Deliveries", "Judgement";
// buttons "Acknowledge", "True alert", "False alert". Test ids: incident-state, evidence-picture, evidence-caption, stage,
// acknowledge, verdict-true, verdict-false.

import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { camerasQuery, incidentQuery } from '../api/queries'
import type { Incident, IncidentDetail } from '../api/types'
import { useFreshIncident } from '../live/hooks'
import { IncidentStateBadge, SeverityBadge } from '../ui/Badge'
import { Figures, PageHeader, PageState, Panel } from '../ui/Page'
import { plural } from '../ui/format'
import { Ago, Lasting } from '../ui/Time'
import { DecisionPanel } from './DecisionPanel'
import { DeliveriesPanel } from './DeliveriesPanel'
import { EvidencePanel } from './EvidencePanel'
import { JudgementPanel } from './JudgementPanel'
import { Judgement } from './IncidentRow'
import { StagesPanel } from './StagesPanel'
import styles from './incidents.module.css'

export default function IncidentPage() {
  const { id = '' } = useParams()
  const detail = useQuery(incidentQuery(id))
  if (detail.data === undefined) {
    return (
      <PageState
        title="Incident"
        back={{ to: '/incidents', label: 'Incidents' }}
        error={detail.error}
        onRetry={() => void detail.refetch()}
      />
    )
  }
  return <Detail detail={detail.data} />
}

function Detail({ detail: { incident: read, evidence, deliveries, deliveredAt } }: { detail: IncidentDetail }) {
  const incident = useFreshIncident(read)
  return (
    <>
      <PageHeader title={incident.title} back={{ to: '/incidents', label: 'Incidents' }} note={incident.why}>
        <span className={styles.badges}>
          <SeverityBadge severity={incident.severity} />
          <IncidentStateBadge incident={incident} />
          <Judgement incident={incident} />
        </span>
      </PageHeader>
      <div className={styles.columns}>
        <div className={styles.evidence}>
          {evidence ? (
            <EvidencePanel incident={incident} evidence={evidence} />
          ) : (
            <Panel title="Evidence">
              <span className={styles.why}>
                {incident.kind === 'rule'
                  ? 'Its evidence is kept no longer.'
                  : 'The platform itself noticed this: there is no picture to judge by.'}
              </span>
            </Panel>
          )}
        </div>
        <div className={styles.people}>
          <FactsPanel incident={incident} />
          <JudgementPanel key={incident.id} incident={incident} />
          <DeliveriesPanel deliveries={deliveries} />
        </div>
        {evidence && (
          <div className={styles.decision}>
            <StagesPanel stamps={evidence.caption.stamps} deliveredAt={deliveredAt} />
            <DecisionPanel evidence={evidence} />
          </div>
        )}
      </div>
    </>
  )
}

function FactsPanel({ incident }: { incident: Incident }) {
  const camera = useQuery(camerasQuery).data?.find(({ id }) => id === incident.cameraId)
  return (
    <Panel title="Facts">
      <Figures
        rows={[
          ['Opened', <Ago key="opened" at={incident.openedAt} />],
          [
            incident.state === 'open' ? 'Open for' : 'Lasted',
            <Lasting key="lasting" from={incident.openedAt} to={incident.clearedAt} />,
          ],
          ['Last seen', <Ago key="seen" at={incident.lastSeenAt} />],
          ['Seen at', plural(incident.count, 'look')],
        ]}
      />
      <div className={styles.links}>
        {incident.cameraId && <Link to={`/cameras/${incident.cameraId}`}>Camera: {camera?.spec.name ?? incident.cameraId}</Link>}
        {incident.ruleId && <Link to={`/rules/${incident.ruleId}`}>Its rule</Link>}
        {incident.endpointId && <Link to={`/webhooks/${incident.endpointId}`}>Its webhook</Link>}
      </div>
    </Panel>
  )
}
