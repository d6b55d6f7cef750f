// Roles: main with heading "Sign in", text box "Access token", button "Sign in".

import { Button, Container, Paper, PasswordInput, Stack, Text } from '@mantine/core'
import { useState, type SubmitEvent } from 'react'
import { api } from '../api/client'
import { sentenceFor } from '../api/problem'
import { IconEye } from '../ui/icons'

export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const [token, setToken] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string>()

  const signIn = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setFault(undefined)
    try {
      await api.post('/api/session', { token: token.trim() })
      onSignedIn()
    } catch (error) {
      setFault(sentenceFor(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Container component="main" size={420} py={80}>
      <Paper withBorder p="lg" component="form" onSubmit={(event: SubmitEvent) => void signIn(event)}>
        <Stack>
          <IconEye size={32} />
          <h1 style={{ margin: 0, fontSize: 22 }}>Sign in</h1>
          <Text c="dimmed">This installation asks for its access token. Whoever set it up has it.</Text>
          <PasswordInput
            label="Access token"
            autoComplete="current-password"
            required
            value={token}
            error={fault}
            onChange={(event) => setToken(event.currentTarget.value)}
          />
          <Button type="submit" loading={busy}>
            Sign in
          </Button>
        </Stack>
      </Paper>
    </Container>
  )
}
