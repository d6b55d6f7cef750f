// Adding a camera: its address is tested, then it gets a name and a prompt.
// Roles: heading "Add camera"; text boxes "Address", "User name", "Password", "Name", "Prompt"; button "Test connection";
// button "Add camera"; image "First picture". Test ids: camera-test, form-faults.

import { Button, Group, Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { api } from '../api/client'
import { defaultCamera } from '../api/defaults'
import { camerasQuery } from '../api/queries'
import type { CameraTest, CameraView } from '../api/types'
import { useSpecForm } from '../forms/useSpecForm'
import { Faults, PageHeader, Panel } from '../ui/Page'
import { AddressFields, ADDRESS_PATHS } from './AddressFields'
import { PromptFields } from './PromptFields'
import { NameFields } from './NameFields'
import { TestResult } from './TestResult'

const DEMO_ADDRESS = 'demo:demo'
const shown = [...ADDRESS_PATHS, 'name', 'tags', 'prompt', 'answerTokensMax']

export default function AddCameraPage() {
  const [parameters] = useSearchParams()
  const isDemo = parameters.has('demo')
  const form = useSpecForm(isDemo ? { ...defaultCamera, url: DEMO_ADDRESS, name: 'Demo line' } : defaultCamera, shown)
  const [test, setTest] = useState<CameraTest>()
  const [testing, setTesting] = useState(false)
  const navigate = useNavigate()
  const client = useQueryClient()

  const runTest = async () => {
    setTesting(true)
    setTest(undefined)
    const result = await form.submit(() =>
      api.post<CameraTest>('/api/cameras/test', { ...form.value, name: form.value.name || 'New camera' }),
    )
    setTest(result)
    setTesting(false)
  }
  const add = async () => {
    const camera = await form.submit(() => api.post<CameraView>('/api/cameras', form.value))
    if (!camera) return
    await client.invalidateQueries({ queryKey: camerasQuery.queryKey })
    await navigate(`/cameras/${camera.id}`)
  }

  return (
    <Stack maw={820}>
      <PageHeader
        title="Add camera"
        back={{ to: '/', label: 'Wall' }}
        note="The first caption comes a few seconds after it is added."
      />
      <Panel title="1. Where it is">
        <AddressFields form={form} />
        <Button variant="default" w="fit-content" loading={testing} disabled={form.value.url === ''} onClick={() => void runTest()}>
          Test connection
        </Button>
        <TestResult test={test} testing={testing} />
      </Panel>
      <Panel title="2. What it is called, and what to ask">
        <NameFields form={form} />
        <PromptFields form={form} />
      </Panel>
      <Faults faults={form.faults} />
      <Group>
        <Button
          loading={form.busy && !testing}
          disabled={form.value.url === '' || testing}
          onClick={() => void add()}
          data-testid="add-camera"
        >
          Add camera
        </Button>
        {test?.succeeded !== true && !testing && <span>You can add it untested: the platform keeps trying to connect.</span>}
      </Group>
    </Stack>
  )
}
