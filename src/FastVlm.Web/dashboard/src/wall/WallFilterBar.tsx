import { NativeSelect, TextInput } from '@mantine/core'
import type { CameraView } from '../api/types'
import { IconSearch } from '../ui/icons'
import { allTags, type WallFilter } from './filter'
import styles from './wall.module.css'

const states = [
  { value: '', label: 'Any state' },
  { value: 'live', label: 'Live' },
  { value: 'trouble', label: 'Not live' },
  { value: 'incident', label: 'With open incident' },
  { value: 'disabled', label: 'Disabled' },
]

interface WallFilterBarProps {
  cameras: CameraView[]
  filter: WallFilter
  onChange: (parameters: Record<string, string>) => void
}

export function WallFilterBar({ cameras, filter, onChange }: WallFilterBarProps) {
  const tags = allTags(cameras)
  const change = (part: Partial<WallFilter>) => {
    const { search, tag, state } = { ...filter, ...part }
    onChange({ ...(search && { q: search }), ...(tag && { tag }), ...(state && { state }) })
  }
  return (
    <div className={styles.filters} role="search" aria-label="Cameras">
      <TextInput
        className={styles.search ?? ''}
        aria-label="Search cameras"
        placeholder="Name, tag or caption"
        leftSection={<IconSearch size={16} />}
        value={filter.search}
        onChange={(event) => change({ search: event.currentTarget.value })}
      />
      {tags.length > 0 && (
        <NativeSelect
          aria-label="Tag"
          data={[{ value: '', label: 'Any tag' }, ...tags]}
          value={filter.tag}
          onChange={(event) => change({ tag: event.currentTarget.value })}
        />
      )}
      <NativeSelect
        aria-label="State"
        data={states}
        value={filter.state}
        onChange={(event) => change({ state: event.currentTarget.value })}
      />
    </div>
  )
}
