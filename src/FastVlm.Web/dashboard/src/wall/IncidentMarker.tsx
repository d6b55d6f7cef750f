import { Link } from 'react-router'
import { Badge } from '../ui/Badge'
import { IconBell } from '../ui/icons'
import { plural } from '../ui/format'
import type { Tone } from '../ui/tones'

/** Says how many incidents are open at a camera; leads to them. */
export function IncidentMarker({ marker, cameraId }: { marker: string; cameraId: string }) {
  if (marker === '') return null
  const [tone, count] = marker.split(':') as [Tone, string]
  return (
    <Link to={`/incidents?state=open&camera=${cameraId}`} data-testid="incident-marker">
      <Badge tone={tone} icon={IconBell} word={plural(Number(count), 'incident')} />
    </Link>
  )
}
