import { Alert, Button, Container, Stack } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { sentenceFor } from '../api/problem'

interface State {
  error: unknown
}

/** A defect of the dashboard, or a page that could not be fetched: says so instead of going blank. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <Container size="sm" py="xl">
        <Alert color="red" title="This page cannot be shown">
          <Stack align="flex-start" gap="xs">
            <span>{sentenceFor(this.state.error)}</span>
            <Button size="xs" variant="default" onClick={() => location.reload()}>
              Load it again
            </Button>
          </Stack>
        </Alert>
      </Container>
    )
  }
}
