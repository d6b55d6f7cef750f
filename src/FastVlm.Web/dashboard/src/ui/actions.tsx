// Small actions that every page needs.

import { Button, CopyButton, Group, Modal, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useState, type ReactNode } from 'react'
import { sentenceFor } from '../api/problem'
import { IconCheck, IconCopy } from './icons'

export function tell(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4000 })
}

export function tellFailure(error: unknown): void {
  notifications.show({ title: 'That did not work', message: sentenceFor(error), color: 'red', autoClose: 12_000 })
}

/** Runs a request behind a button: busy while it runs, its failure is shown. */
export function useAction(): [busy: boolean, run: (request: () => Promise<unknown>) => Promise<void>] {
  const [busy, setBusy] = useState(false)
  const run = async (request: () => Promise<unknown>) => {
    setBusy(true)
    try {
      await request()
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return [busy, run]
}

interface ConfirmButtonProps {
  label: string
  question: string
  children: ReactNode
  confirmLabel: string
  onConfirm: () => Promise<unknown>
  leftSection?: ReactNode
  testId?: string
}

/** A destructive action, asked back once. */
export function ConfirmButton({ label, question, children, confirmLabel, onConfirm, leftSection, testId }: ConfirmButtonProps) {
  const [opened, { open, close }] = useDisclosure(false)
  const [busy, run] = useAction()
  const confirm = () =>
    run(async () => {
      await onConfirm()
      close()
    })
  return (
    <>
      <Button variant="default" leftSection={leftSection} onClick={open} data-testid={testId}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={question} centered>
        <Stack>
          <div>{children}</div>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button color="red" loading={busy} onClick={() => void confirm()} data-testid="confirm">
              {confirmLabel}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

export function CopyText({ text, label }: { text: string; label: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button variant="default" onClick={copy} leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}>
          {copied ? 'Copied' : label}
        </Button>
      )}
    </CopyButton>
  )
}
