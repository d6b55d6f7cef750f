import { Button, Group, NumberInput, Stack, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { presetsQuery } from '../api/queries'
import type { CameraSpec } from '../api/types'
import type { SpecForm } from '../forms/useSpecForm'

/** What the model is asked about each picture. */
export function PromptFields({ form }: { form: SpecForm<CameraSpec> }) {
  const presets = useQuery(presetsQuery).data ?? []
  return (
    <Stack gap="sm">
      <Textarea
        label="Prompt"
        description="Asked about each picture. Short answers are fast answers."
        autosize
        minRows={2}
        maxRows={8}
        {...form.text('prompt')}
      />
      <Group gap="xs" role="group" aria-label="Prompt presets">
        {presets.map((preset) => (
          <Button
            key={preset.id}
            size="xs"
            variant={preset.prompt === form.value.prompt ? 'light' : 'default'}
            aria-pressed={preset.prompt === form.value.prompt}
            onClick={() => form.set('prompt', preset.prompt)}
          >
            {preset.title}
          </Button>
        ))}
      </Group>
      <NumberInput
        label="Longest answer"
        description="1 to 512 tokens; a short sentence needs about 25"
        maw={300}
        allowDecimal={false}
        {...form.number('answerTokensMax')}
      />
    </Stack>
  )
}
