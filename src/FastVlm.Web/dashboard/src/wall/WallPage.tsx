// The wall: every camera with the picture that was captioned, its words, its state and its figures.
// Roles: list "Cameras" of articles named like the cameras; region "Open incidents"; text box "Search cameras";
// combo boxes "Tag" and "State"; link "Add camera". Test ids: wall, tile, tile-caption, tile-writing.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { camerasQuery } from '../api/queries'
import type { CameraView } from '../api/types'
import { useLive } from '../live/hooks'
import { useLiveText } from '../live/LiveProvider'
import { IconCamera, IconPlus, IconSearch } from '../ui/icons'
import { Empty, Loading, PageHeader, Trouble } from '../ui/Page'
import { plural } from '../ui/format'
import { CameraTile } from './CameraTile'
import { visibleCameras } from './filter'
import { IncidentStrip } from './IncidentStrip'
import { WallFilterBar } from './WallFilterBar'
import styles from './wall.module.css'

export function WallPage() {
  useLiveText()
  const cameras = useQuery(camerasQuery)
  if (cameras.data === undefined) {
    return (
      <>
        <PageHeader title="Wall" note="Reading the cameras" />
        {cameras.isError ? (
          <Trouble error={cameras.error} onRetry={() => void cameras.refetch()} />
        ) : (
          <Loading rows={3} height={180} />
        )}
      </>
    )
  }
  return (
    <>
      <PageHeader title="Wall" note={<WallNote total={cameras.data.length} />}>
        <Button component={Link} to="/cameras/new" leftSection={<IconPlus size={16} />}>
          Add camera
        </Button>
      </PageHeader>
      <IncidentStrip />
      {cameras.data.length === 0 ? <NoCameras /> : <Wall cameras={cameras.data} />}
    </>
  )
}

function WallNote({ total }: { total: number }) {
  const live = useLive((state) => [...state.cameras.values()].filter((camera) => camera.status?.state === 'live').length)
  return total === 0 ? 'No cameras yet' : `${plural(total, 'camera')}, ${live} live`
}

function Wall({ cameras }: { cameras: CameraView[] }) {
  const [parameters, setParameters] = useSearchParams()
  const filter = { search: parameters.get('q') ?? '', tag: parameters.get('tag') ?? '', state: parameters.get('state') ?? '' }
  const isFiltered = parameters.size > 0
  // A string compares by value: the wall is drawn again only when other cameras match.
  const visible = useLive((state) =>
    (isFiltered ? visibleCameras(cameras, state, filter) : cameras).map((camera) => camera.id).join(),
  )
  const ids = new Set(visible.split(','))
  const shown = cameras.filter((camera) => ids.has(camera.id))
  return (
    <>
      <WallFilterBar cameras={cameras} filter={filter} onChange={(next) => setParameters(next, { replace: true })} />
      {shown.length === 0 ? (
        <Empty
          icon={IconSearch}
          title="No camera matches"
          actions={<Button onClick={() => setParameters({})}>Show all cameras</Button>}
        >
          Other words, another tag or another state may find it.
        </Empty>
      ) : (
        <ul className={styles.wall} aria-label="Cameras" data-testid="wall">
          {shown.map((camera) => (
            <CameraTile key={camera.id} id={camera.id} name={camera.spec.name} enabled={camera.spec.enabled} />
          ))}
        </ul>
      )}
    </>
  )
}

function NoCameras() {
  return (
    <Empty
      icon={IconCamera}
      title="The first caption is a minute away"
      actions={
        <>
          <Button component={Link} to="/cameras/new" leftSection={<IconPlus size={16} />}>
            Add camera
          </Button>
          <Button component={Link} to="/cameras/new?demo" variant="default">
            Try the demo clip
          </Button>
        </>
      }
    >
      Give the address of a camera (RTSP or HTTP), or look at a shipped clip first: a line on which parts drop.
    </Empty>
  )
}
