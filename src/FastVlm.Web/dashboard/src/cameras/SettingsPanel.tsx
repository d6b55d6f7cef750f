import { Accordion, Button, Group, Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api } from '../api/client'
import { cameraQuery, camerasQuery } from '../api/queries'
import type { CameraView } from '../api/types'
import { ScheduleFields } from '../forms/ScheduleFields'
import { useSpecForm } from '../forms/useSpecForm'
import { tell } from '../ui/actions'
import { Faults, Panel } from '../ui/Page'
import { AddressFields, ADDRESS_PATHS } from './AddressFields'
import { NameFields } from './NameFields'
import { RegionPanel } from './regions/RegionPanel'
import { SamplingFields, SAMPLING_PATHS } from './SamplingFields'

const shown = [...ADDRESS_PATHS, ...SAMPLING_PATHS, 'name', 'tags', 'region', 'privacyMasks', 'schedule']

/** Everything but the prompt. Only what was changed is sent. */
export function SettingsPanel({ camera }: { camera: CameraView }) {
  const form = useSpecForm(camera.spec, shown)
  const client = useQueryClient()
  const save = async () => {
    const saved = await form.submit(() => api.patch<CameraView>(`/api/cameras/${camera.id}`, form.patch))
    if (!saved) return
    client.setQueryData(cameraQuery(camera.id).queryKey, saved)
    form.reset(saved.spec)
    void client.invalidateQueries({ queryKey: camerasQuery.queryKey })
    tell('Settings saved.')
  }
  return (
    <Panel title="Settings">
      <Accordion multiple variant="separated" chevronPosition="left">
        <Section value="name" title="Name and address">
          <NameFields form={form} />
          <AddressFields form={form} />
        </Section>
        <Section value="sampling" title="Which pictures are looked at">
          <SamplingFields form={form} />
        </Section>
        <Section value="region" title="Region of interest and privacy masks">
          <RegionPanel camera={camera} form={form} />
        </Section>
        <Section value="schedule" title="Schedule">
          <ScheduleFields
            label="Captioned only at certain times"
            value={form.value.schedule}
            faultAt={form.faultAt}
            onChange={(schedule) => form.set('schedule', schedule)}
          />
        </Section>
      </Accordion>
      <Faults faults={form.faults} />
      <Group>
        <Button disabled={form.patch === null} loading={form.busy} onClick={() => void save()} data-testid="save-settings">
          Save settings
        </Button>
        {form.patch !== null && (
          <Button variant="default" onClick={() => form.reset(camera.spec)}>
            Undo
          </Button>
        )}
      </Group>
    </Panel>
  )
}

function Section({ value, title, children }: { value: string; title: string; children: ReactNode }) {
  return (
    <Accordion.Item value={value}>
      <Accordion.Control>{title}</Accordion.Control>
      <Accordion.Panel>
        <Stack gap="md">{children}</Stack>
      </Accordion.Panel>
    </Accordion.Item>
  )
}
