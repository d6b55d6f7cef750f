import { useQuery } from '@tanstack/react-query'
import { memo } from 'react'
import { api } from '../api/client'
import type { RuleTry, RuleView } from '../api/types'
import { Highlight } from '../ui/Highlight'
import { partsOfSearch, partsOfSpan } from '../ui/spans'

interface MatchedTextProps {
  text: string
  search: string
  rules: RuleView[]
}

/** A caption with what was searched for highlighted, else with what the first matching rule found in it. */
export const MatchedText = memo(function MatchedText({ text, search, rules }: MatchedTextProps) {
  const rule = rules.find((candidate) => candidate.spec.kind === 'caption')
  if (search !== '') return <Highlight parts={partsOfSearch(text, search)} />
  return rule === undefined ? text : <RuleMatch text={text} rule={rule} />
})

/** Only the platform knows what a rule matches: it is asked once per rule and text. */
function RuleMatch({ text, rule }: { text: string; rule: RuleView }) {
  const { data } = useQuery({
    queryKey: ['rule-match', rule.id, rule.updatedAt, text],
    queryFn: ({ signal }) => api.post<RuleTry>('/api/rules/try', { rule: rule.spec, text }, signal),
    staleTime: Infinity,
    retry: false,
  })
  return <Highlight parts={partsOfSpan(text, data?.spanStart ?? -1, data?.span)} />
}
