import { SimpleGrid, TagsInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { camerasQuery } from '../api/queries'
import type { CameraSpec } from '../api/types'
import type { SpecForm } from '../forms/useSpecForm'

export function NameFields({ form }: { form: SpecForm<CameraSpec> }) {
  const known = useQuery(camerasQuery).data?.flatMap((camera) => camera.spec.tags) ?? []
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <TextInput label="Name" placeholder="Line 3, station 2" required {...form.text('name')} />
      <TagsInput
        label="Tags"
        placeholder={form.value.tags.length === 0 ? 'line-3, press' : ''}
        data={[...new Set(known)]}
        value={form.value.tags}
        error={form.faultAt('tags')}
        onChange={(tags) => form.set('tags', tags)}
      />
    </SimpleGrid>
  )
}
