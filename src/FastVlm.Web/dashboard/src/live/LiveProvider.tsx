// Opens the hub connection for as long as the dashboard is shown and keeps the live state in step with what was read.

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useCallback, useContext, useEffect, useRef, type ReactNode } from 'react'
import { camerasQuery, openIncidentsQuery } from '../api/queries'
import { LiveConnection } from './connection'
import { Refresher } from './refresh'
import { liveStore } from './store'

const TextInterest = createContext<(change: 1 | -1) => void>(() => undefined)

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const connection = useRef<LiveConnection | null>(null)
  const interested = useRef(0)
  const cameras = useQuery(camerasQuery).data
  const open = useQuery(openIncidentsQuery).data

  useEffect(() => {
    const refresher = new Refresher(client)
    const current = new LiveConnection(liveStore, {
      onEvents: (events) => refresher.take(events),
      onGap: () => void client.invalidateQueries(),
    })
    connection.current = current
    current.setText(interested.current > 0)
    void current.start()
    return () => {
      connection.current = null
      void current.stop()
    }
  }, [client])

  useEffect(() => {
    if (cameras) liveStore.seedCameras(cameras)
  }, [cameras])

  useEffect(() => {
    if (open) liveStore.seedIncidents(open)
  }, [open])

  const changeInterest = useCallback((change: 1 | -1) => {
    interested.current += change
    connection.current?.setText(interested.current > 0)
  }, [])
  return <TextInterest value={changeInterest}>{children}</TextInterest>
}

/** Asks for captions as they are written, while the component is shown. */
export function useLiveText(): void {
  const changeInterest = useContext(TextInterest)
  useEffect(() => {
    changeInterest(1)
    return () => changeInterest(-1)
  }, [changeInterest])
}
