import type { EndpointView } from '../api/types'
import { useLive } from '../live/hooks'
import { Badge } from '../ui/Badge'
import { IconCheck, IconClock, IconCritical, IconPause } from '../ui/icons'
import { plural } from '../ui/format'

/** Whether an endpoint accepts what it is sent. */
export function EndpointHealth({ webhook: { id, spec, pending } }: { webhook: EndpointView }) {
  const down = useLive((state) =>
    [...state.incidents.values()].some((incident) => incident.kind === 'endpointDown' && incident.endpointId === id),
  )
  if (!spec.enabled) return <Badge tone="quiet" icon={IconPause} word="Disabled" title={spec.disabledReason ?? undefined} />
  if (down) return <Badge tone="critical" icon={IconCritical} word={`Down, ${plural(pending, 'waits', 'wait')}`} />
  if (pending > 0) return <Badge tone="info" icon={IconClock} word={`${pending} pending`} />
  return <Badge tone="good" icon={IconCheck} word="Nothing waits" />
}
