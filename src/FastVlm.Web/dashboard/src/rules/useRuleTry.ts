import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import { defaultRule } from '../api/defaults'
import type { RuleTry } from '../api/types'

const TRY_AFTER_MS = 250

/** What an expression makes of a text, as the platform judges it; undefined while there is nothing to judge. */
export function useRuleTry(expression: string, text: string): RuleTry | undefined {
  const [tried] = useDebouncedValue(expression, TRY_AFTER_MS)
  const [triedText] = useDebouncedValue(text, TRY_AFTER_MS)
  const { data } = useQuery({
    queryKey: ['rule-try', tried, triedText],
    queryFn: ({ signal }) =>
      api.post<RuleTry>('/api/rules/try', { rule: { ...defaultRule, name: 'Trial', expression: tried }, text: triedText }, signal),
    enabled: tried.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  })
  return tried.trim() === '' ? undefined : data
}
