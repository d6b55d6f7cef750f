import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { BrowserRouter } from 'react-router'
import { ApiProblem } from '../api/problem'
import { SessionGate } from '../session/SessionGate'
import { ErrorBoundary } from './ErrorBoundary'
import { Pages } from './Pages'
import { colorSchemeManager, theme } from './theme'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the platform refused it will refuse again; what did not reach it may reach it the next time.
      retry: (failures, error) => !(error instanceof ApiProblem && error.status < 500) && failures < 2,
    },
  },
})

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colorSchemeManager}>
      <Notifications position="bottom-right" />
      <QueryClientProvider client={client}>
        <ErrorBoundary>
          <SessionGate>
            <BrowserRouter>
              <Pages />
            </BrowserRouter>
          </SessionGate>
        </ErrorBoundary>
      </QueryClientProvider>
    </MantineProvider>
  )
}
