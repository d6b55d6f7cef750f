import { Alert, Group, Loader, Stack, Text } from '@mantine/core'
import type { CameraTest } from '../api/types'
import { IconCircleCheck, IconWarning } from '../ui/icons'
import styles from './cameras.module.css'

/** What came of a camera's test: its first picture, or why there is none. Announced to screen readers. */
export function TestResult({ test, testing }: { test: CameraTest | undefined; testing: boolean }) {
  return (
    <div role="status" aria-live="polite" data-testid="camera-test" data-succeeded={test?.succeeded}>
      {testing && (
        <Group gap="xs">
          <Loader size="sm" /> Connecting, then waiting for the first picture
        </Group>
      )}
      {test && !test.succeeded && (
        <Alert color="red" variant="light" icon={<IconWarning />} title="No picture">
          {test.error}
        </Alert>
      )}
      {test?.succeeded && (
        <Stack gap="xs">
          {test.picture && (
            <img className={styles.testPicture} src={`data:image/jpeg;base64,${test.picture}`} alt="First picture" />
          )}
          <Group gap={6}>
            <IconCircleCheck />
            <Text fw={600}>It works:</Text>
            <Text className="tabular">{factsOf(test)}</Text>
          </Group>
        </Stack>
      )}
      {test?.warnings.map((warning) => (
        <Alert key={warning} color="yellow" variant="light" icon={<IconWarning />} mt="xs">
          {warning}
        </Alert>
      ))}
    </div>
  )
}

function factsOf({ codec, widthPx, heightPx, framesPerSecond }: CameraTest): string {
  return [
    codec,
    widthPx && heightPx ? `${widthPx} × ${heightPx}` : null,
    framesPerSecond ? `${Math.round(framesPerSecond * 10) / 10} frames/s` : null,
  ]
    .filter(Boolean)
    .join(', ')
}
