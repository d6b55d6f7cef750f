import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client'
import type { BackTestView, RuleSpec } from '../api/types'

const POLL_MS = 400

export interface BackTest {
  view: BackTestView | undefined
  start: (rule: RuleSpec, hours: number) => Promise<void>
  cancel: () => Promise<void>
}

/** Runs a rule over stored captions and follows its progress. */
export function useBackTest(): BackTest {
  const [started, setStarted] = useState<BackTestView>()
  const id = started?.id
  const progress = useQuery({
    queryKey: ['back-tests', id],
    queryFn: ({ signal }) => api.get<BackTestView>(`/api/back-tests/${id ?? ''}`, {}, signal),
    enabled: id !== undefined,
    refetchInterval: (query) => (query.state.data === undefined || query.state.data.state === 'running' ? POLL_MS : false),
    staleTime: Infinity,
  })
  return {
    view: id === undefined ? undefined : (progress.data ?? started),
    start: async (rule, hours) => {
      const to = new Date()
      const from = new Date(to.getTime() - hours * 3_600_000)
      setStarted(await api.post<BackTestView>('/api/back-tests', { rule, from: from.toISOString(), to: to.toISOString() }))
    },
    cancel: async () => {
      if (id !== undefined) await api.delete(`/api/back-tests/${id}`)
      await progress.refetch()
    },
  }
}
