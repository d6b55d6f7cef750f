import { Loader } from '@mantine/core'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type HlsPlayer from 'hls.js'
import type { ErrorData } from 'hls.js'
import { ApiProblem, sentenceFor, type ProblemDetails } from '../api/problem'
import styles from './cameras.module.css'

interface LiveVideoProps {
  cameraId: string
  name: string
  /** Told once, with one sentence that says why there is no video. */
  onFailed: (why: string) => void
}

const NATIVE_TYPE = 'application/vnd.apple.mpegurl'

/** Plays the camera's stream with hls.js, or natively where the browser can and hls.js cannot. */
export function LiveVideo({ cameraId, name, onFailed }: LiveVideoProps) {
  const video = useRef<HTMLVideoElement>(null)
  const [playing, setPlaying] = useState(false)
  const fail = useEffectEvent(onFailed)

  useEffect(() => {
    const element = video.current
    if (element === null) return
    const stopped = new AbortController()
    let player: HlsPlayer | undefined
    void play(element, `/api/cameras/${cameraId}/live/index.m3u8`, stopped.signal, fail).then((started) => {
      if (stopped.signal.aborted) started?.destroy()
      else player = started
    })
    return () => {
      stopped.abort()
      player?.destroy()
    }
  }, [cameraId])

  return (
    <div className={styles.videoFrame}>
      <video
        ref={video}
        className={styles.video}
        aria-label={`Live video of ${name}`}
        muted
        autoPlay
        playsInline
        controls
        onPlaying={() => setPlaying(true)}
      />
      {!playing && (
        <span className={styles.videoWait} role="status">
          <Loader size="sm" color="gray.3" /> Starting the stream
        </span>
      )}
    </div>
  )
}

async function play(
  element: HTMLVideoElement,
  address: string,
  signal: AbortSignal,
  fail: (why: string) => void,
): Promise<HlsPlayer | undefined> {
  try {
    await checkStream(address, signal)
    const { default: Hls } = await import('hls.js/light')
    if (signal.aborted) return undefined
    if (!Hls.isSupported()) {
      if (element.canPlayType(NATIVE_TYPE) === '') fail('this browser plays no HLS streams.')
      else element.src = address
      return undefined
    }
    const player = new Hls({ liveSyncDurationCount: 2, enableWorker: false })
    player.on(Hls.Events.ERROR, (_, data) => {
      if (data.fatal) fail(reasonOf(data))
    })
    player.loadSource(address)
    player.attachMedia(element)
    return player
  } catch (error) {
    if (!signal.aborted) fail(sentenceFor(error))
    return undefined
  }
}

/** The platform says in words why there is no stream; a player would only report a number. */
async function checkStream(address: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(address, { signal })
  if (response.ok) return
  const details = (await response.json().catch(() => ({}))) as ProblemDetails
  throw new ApiProblem(response.status, { detail: 'the camera gives no stream to pass on.', ...details })
}

function reasonOf({ details, error }: ErrorData): string {
  return /codec/i.test(details) || /codec/i.test(error.message)
    ? "this browser cannot play the camera's codec."
    : `the stream broke off (${details}).`
}
