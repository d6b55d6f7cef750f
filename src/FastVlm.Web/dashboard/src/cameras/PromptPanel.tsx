import { Button, Group } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client'
import { cameraQuery } from '../api/queries'
import type { CameraView } from '../api/types'
import { useSpecForm } from '../forms/useSpecForm'
import { tell } from '../ui/actions'
import { Faults, Panel } from '../ui/Page'
import { PromptFields } from './PromptFields'

/** The prompt, which applies to the next frame. */
export function PromptPanel({ camera }: { camera: CameraView }) {
  const form = useSpecForm(camera.spec, ['prompt', 'answerTokensMax'])
  const client = useQueryClient()
  const save = async () => {
    const saved = await form.submit(() => api.patch<CameraView>(`/api/cameras/${camera.id}`, form.patch))
    if (!saved) return
    client.setQueryData(cameraQuery(camera.id).queryKey, saved)
    tell('The next frame is asked the new prompt.')
  }
  return (
    <Panel title="Prompt">
      <PromptFields form={form} />
      <Faults faults={form.faults} />
      <Group>
        <Button disabled={form.patch === null} loading={form.busy} onClick={() => void save()} data-testid="save-prompt">
          Apply to the next frame
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
