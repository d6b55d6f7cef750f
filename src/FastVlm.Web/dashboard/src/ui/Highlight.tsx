import type { Part } from './spans'
import styles from './ui.module.css'

export function Highlight({ parts }: { parts: Part[] }) {
  return parts.map((part, index) =>
    part.marked ? (
      <mark key={index} className={styles.mark}>
        {part.text}
      </mark>
    ) : (
      <span key={index}>{part.text}</span>
    ),
  )
}
