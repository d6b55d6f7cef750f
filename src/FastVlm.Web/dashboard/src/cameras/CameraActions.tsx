import { Button, Group } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { api } from '../api/client'
import { camerasQuery } from '../api/queries'
import type { CameraView } from '../api/types'
import { ConfirmButton, tell, useAction } from '../ui/actions'
import { IconPause, IconPlay, IconRefresh, IconTrash } from '../ui/icons'

export function CameraActions({ camera: { id, spec, origin } }: { camera: CameraView }) {
  const [busy, run] = useAction()
  const client = useQueryClient()
  const navigate = useNavigate()
  const refresh = () => client.invalidateQueries({ queryKey: camerasQuery.queryKey })
  if (origin === 'file') return null

  const toggle = async () => {
    await api.patch(`/api/cameras/${id}`, { enabled: !spec.enabled })
    await refresh()
  }
  const reconnect = async () => {
    await api.post(`/api/cameras/${id}/reconnect`)
    tell(`${spec.name} connects anew.`)
  }
  const remove = async () => {
    await api.delete(`/api/cameras/${id}`)
    await navigate('/')
    client.removeQueries({ queryKey: ['cameras', id] })
    await refresh()
  }
  return (
    <Group gap="xs">
      <Button
        variant="default"
        loading={busy}
        leftSection={spec.enabled ? <IconPause size={16} /> : <IconPlay size={16} />}
        onClick={() => void run(toggle)}
      >
        {spec.enabled ? 'Disable' : 'Enable'}
      </Button>
      <Button
        variant="default"
        disabled={!spec.enabled}
        leftSection={<IconRefresh size={16} />}
        onClick={() => void run(reconnect)}
      >
        Reconnect
      </Button>
      <ConfirmButton
        label="Delete"
        question={`Delete "${spec.name}"?`}
        confirmLabel="Delete camera"
        leftSection={<IconTrash size={16} />}
        onConfirm={remove}
      >
        It is no longer watched, and its rules no longer see it. Its incidents stay until they are swept.
      </ConfirmButton>
    </Group>
  )
}
