import { MultiSelect, SimpleGrid } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { camerasQuery } from '../api/queries'
import type { CameraSelector } from '../api/types'

interface SelectorFieldsProps {
  value: CameraSelector
  error: string | undefined
  onChange: (value: CameraSelector) => void
}

/** Which cameras are meant: by name, by tag, or all of them. */
export function SelectorFields({ value, error, onChange }: SelectorFieldsProps) {
  const cameras = useQuery(camerasQuery).data ?? []
  const tags = [...new Set([...cameras.flatMap((camera) => camera.spec.tags), ...value.tags])]
  const choices = cameras.map((camera) => ({ value: camera.id, label: camera.spec.name }))
  const everywhere = value.ids.length === 0 && value.tags.length === 0
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <MultiSelect
        label="Cameras"
        description={everywhere ? 'None chosen: every camera' : 'Those chosen, and those with one of the tags'}
        data={choices}
        placeholder={everywhere ? 'Every camera' : ''}
        value={value.ids}
        error={error}
        searchable
        clearable
        onChange={(ids) => onChange({ ...value, ids })}
      />
      <MultiSelect
        label="Camera tags"
        description="Also cameras that get the tag later"
        data={tags}
        value={value.tags}
        searchable
        clearable
        nothingFoundMessage="No camera has such a tag"
        onChange={(next) => onChange({ ...value, tags: next })}
      />
    </SimpleGrid>
  )
}
