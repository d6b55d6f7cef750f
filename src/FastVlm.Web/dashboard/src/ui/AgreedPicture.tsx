// Shows a caption's own picture: a newer caption appears only together with its picture, so that both always agree.

import { useState } from 'react'
import type { CaptionRecord } from '../api/types'
import { pictureAddress } from '../api/queries'
import { failed, loaded, nothingAgreed, offer } from './agreement'
import { IconCamera } from './icons'
import styles from './AgreedPicture.module.css'

interface Agreed {
  /** The caption whose picture is shown. */
  shown: CaptionRecord | null
  /** The caption whose picture is being fetched. */
  pending: CaptionRecord | null
  /** The picture of the shown caption is kept no longer. */
  missing: boolean
  onLoaded: () => void
  onFailed: () => void
}

/** @param wanted False while nobody can see it: then nothing is fetched. */
export function useAgreedPicture(newest: CaptionRecord | null, wanted = true): Agreed {
  const [state, setState] = useState(nothingAgreed)
  const offered = wanted ? offer(state, newest) : state
  if (offered !== state) setState(offered)
  return { ...offered, onLoaded: () => setState(loaded), onFailed: () => setState(failed) }
}

interface AgreedPictureProps {
  agreed: Agreed
  cameraName: string
}

export function AgreedPicture({ agreed, cameraName }: AgreedPictureProps) {
  const { shown, pending, missing } = agreed
  // The fetched element stays in the document when it is promoted: each picture is fetched once.
  const layers = [missing ? null : shown, pending].filter((caption) => caption !== null)
  return (
    <div className={styles.frame}>
      {layers.map((caption) => (
        <img
          key={caption.id}
          className={styles.picture}
          src={pictureAddress(caption.cameraId, caption.id)}
          alt={caption === shown ? `${cameraName}: ${caption.text}` : ''}
          aria-hidden={caption !== shown}
          data-shown={caption === shown || undefined}
          data-caption={caption.id}
          onLoad={caption === pending ? agreed.onLoaded : undefined}
          onError={caption === pending ? agreed.onFailed : undefined}
        />
      ))}
      {(shown === null || missing) && (
        <span className={styles.none}>
          <IconCamera size={28} />
          {missing ? 'Its picture is kept no longer' : 'No picture yet'}
        </span>
      )}
    </div>
  )
}
