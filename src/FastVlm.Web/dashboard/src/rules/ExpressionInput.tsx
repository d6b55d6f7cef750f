import { Input } from '@mantine/core'
import { useId } from 'react'
import styles from './rules.module.css'

interface ExpressionInputProps {
  value: string
  error: string | undefined
  hint: string | undefined
  /** Where the error begins, characters. */
  position: number | undefined
  onChange: (value: string) => void
}

/** A text box that underlines the place of a fault: a copy of the text, with the line, lies behind it. */
export function ExpressionInput({ value, error, hint, position, onChange }: ExpressionInputProps) {
  const id = useId()
  return (
    <Input.Wrapper
      id={id}
      label="Expression"
      error={error}
      errorProps={{ role: 'alert' }}
      description={hint && `Hint: ${hint}`}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
    >
      <div className={styles.expression}>
        {error !== undefined && position !== undefined && <FaultLine text={value} position={position} />}
        <textarea
          id={id}
          className={styles.expressionText}
          required
          rows={2}
          spellCheck={false}
          autoComplete="off"
          placeholder="part dropped and not (hand or operator)"
          value={value}
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : `${id}-error`}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      </div>
    </Input.Wrapper>
  )
}

function FaultLine({ text, position }: { text: string; position: number }) {
  const from = Math.min(position, text.length)
  const length = /^\S+/.exec(text.slice(from))?.[0].length ?? 1
  return (
    <div className={styles.expressionCopy} aria-hidden="true" data-testid="fault-line">
      {text.slice(0, from)}
      <span className={styles.fault}>{text.slice(from, from + length) || '\u00a0'}</span>
      {text.slice(from + length)}
    </div>
  )
}
