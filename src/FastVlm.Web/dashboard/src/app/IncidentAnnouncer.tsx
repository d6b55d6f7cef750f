import { useEffect, useRef, useState } from 'react'
import { useOpenIncidents } from '../live/hooks'
import { plural } from '../ui/format'

/** A screen reader is told at most this often. */
const EVERY_MS = 5000

/** Tells screen readers politely of incidents that were opened while the dashboard is shown. */
export function IncidentAnnouncer() {
  const open = useOpenIncidents()
  const known = useRef<Set<string> | null>(null)
  const latest = useRef(open)
  const [message, setMessage] = useState('')
  useEffect(() => {
    latest.current = open
  }, [open])

  useEffect(() => {
    const timer = setInterval(() => {
      const seen = known.current
      const fresh = seen === null ? [] : latest.current.filter((incident) => !seen.has(incident.id))
      known.current = new Set(latest.current.map((incident) => incident.id))
      const [first] = fresh
      if (first)
        setMessage(
          fresh.length === 1 ? `Incident: ${first.title}` : `${plural(fresh.length, 'new incident')}, newest: ${first.title}`,
        )
    }, EVERY_MS)
    return () => clearInterval(timer)
  }, [])

  return (
    <div role="status" aria-live="polite" className="visually-hidden">
      {message}
    </div>
  )
}
