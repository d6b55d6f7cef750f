import { Alert, Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api/client'
import type { CameraSpec, CameraTest, CameraView } from '../../api/types'
import type { SpecForm } from '../../forms/useSpecForm'
import { useAction } from '../../ui/actions'
import { IconCamera, IconPlus, IconWarning } from '../../ui/icons'
import { RegionCanvas } from './RegionCanvas'
import { MaskFields, RegionFields } from './RegionFields'
import { newMask } from './shapes'

/** Draws what the model may see, on the whole picture: by mouse or touch, with arrow keys, or as numbers. */
export function RegionPanel({ camera, form }: { camera: CameraView; form: SpecForm<CameraSpec> }) {
  const [picture, setPicture] = useState<CameraTest>()
  const [busy, run] = useAction()
  const { region, privacyMasks: masks } = form.value

  // The captioned picture is cut and masked already: a whole one is taken anew.
  const takePicture = async () => {
    const whole = { ...camera.spec, region: null, privacyMasks: [] }
    setPicture(await api.post<CameraTest>(`/api/cameras/test?replaces=${camera.id}`, whole))
  }
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          loading={busy}
          leftSection={<IconCamera size={14} />}
          onClick={() => void run(takePicture)}
        >
          {picture ? 'Take another picture' : 'Take a picture to draw on'}
        </Button>
        {region === null ? (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} />}
            onClick={() => form.set('region', { x: 0.1, y: 0.1, width: 0.8, height: 0.8 })}
          >
            Look only at a region
          </Button>
        ) : (
          <Button variant="default" size="xs" onClick={() => form.set('region', null)}>
            Look at the whole picture
          </Button>
        )}
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => form.set('privacyMasks', [...masks, newMask()])}
        >
          Add privacy mask
        </Button>
      </Group>
      {picture?.error && (
        <Alert color="yellow" variant="light" icon={<IconWarning />}>
          {picture.error}
        </Alert>
      )}
      <RegionCanvas
        picture={picture?.picture ?? null}
        region={region}
        masks={masks}
        onRegion={(next) => form.set('region', next)}
        onMasks={(next) => form.set('privacyMasks', next)}
      />
      <RegionFields region={region} error={form.faultAt('region')} onChange={(next) => form.set('region', next)} />
      <MaskFields masks={masks} error={form.faultAt('privacyMasks')} onChange={(next) => form.set('privacyMasks', next)} />
    </Stack>
  )
}
