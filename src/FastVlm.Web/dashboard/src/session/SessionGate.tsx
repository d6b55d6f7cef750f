import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, type ReactNode } from 'react'
import { api, whenSignInIsNeeded } from '../api/client'
import { ApiProblem } from '../api/problem'
import { SignInPage } from './SignInPage'

interface Session {
  tokenNeeded: boolean
  signedIn: boolean
}

const openSession: Session = { tokenNeeded: false, signedIn: true }

async function readSession(): Promise<Session> {
  try {
    return await api.get<Session>('/api/session')
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return openSession
    throw error
  }
}

/** Shows the sign-in page where the platform asks for a token; else, and while that is unknown, the dashboard. */
export function SessionGate({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const session = useQuery({ queryKey: ['session'], queryFn: readSession, staleTime: Infinity })

  useEffect(() => {
    whenSignInIsNeeded(() => client.setQueryData<Session>(['session'], { tokenNeeded: true, signedIn: false }))
  }, [client])

  if (session.isPending) return null
  if (session.data?.tokenNeeded && !session.data.signedIn) {
    return <SignInPage onSignedIn={() => void client.invalidateQueries()} />
  }
  return children
}
