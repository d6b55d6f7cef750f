import { PasswordInput, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import type { CameraSpec } from '../api/types'
import type { SpecForm } from '../forms/useSpecForm'

export const ADDRESS_PATHS = ['url', 'transport', 'credentials']

/** Where a camera is and what it asks for. */
export function AddressFields({ form }: { form: SpecForm<CameraSpec> }) {
  const { credentials, url } = form.value
  const setCredentials = (part: { username?: string; password?: string }) => {
    const next = { username: '', password: '', ...credentials, ...part }
    form.set('credentials', next.username === '' && next.password === '' ? null : next)
  }
  const isRtsp = /^rtsps?:/i.test(url) || url === ''
  return (
    <Stack gap="sm">
      <TextInput
        label="Address"
        description="rtsp://, rtsps://, http:// or https://; demo:NAME for a shipped clip, media:NAME for a file in the media folder"
        placeholder="rtsp://camera-3.plant.example:554/stream1"
        required
        autoComplete="off"
        spellCheck={false}
        {...form.text('url')}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="User name"
          description="Empty where the camera asks for none"
          autoComplete="off"
          value={credentials?.username ?? ''}
          error={form.faultAt('credentials')}
          onChange={(event) => setCredentials({ username: event.currentTarget.value })}
        />
        <PasswordInput
          label="Password"
          description="Kept encrypted, never shown again"
          autoComplete="new-password"
          value={credentials?.password ?? ''}
          onChange={(event) => setCredentials({ password: event.currentTarget.value })}
        />
      </SimpleGrid>
      {isRtsp && (
        <div>
          <Text size="sm" fw={500} id="transport-label">
            Transport
          </Text>
          <SegmentedControl
            aria-labelledby="transport-label"
            data={[
              { value: 'tcp', label: 'TCP (no lost packets)' },
              { value: 'udp', label: 'UDP' },
            ]}
            value={form.value.transport}
            onChange={(value) => form.set('transport', value)}
          />
        </div>
      )}
    </Stack>
  )
}
