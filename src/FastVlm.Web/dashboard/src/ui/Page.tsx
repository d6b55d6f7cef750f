import { Alert, Anchor, Button, Paper, Skeleton, Stack } from '@mantine/core'
import { useEffect, type ComponentType, type ReactNode } from 'react'
import { Link } from 'react-router'
import { ApiProblem, sentenceFor } from '../api/problem'
import { IconBack, IconRefresh, IconWarning } from './icons'
import styles from './ui.module.css'

interface PageHeaderProps {
  title: string
  note?: ReactNode
  back?: { to: string; label: string }
  children?: ReactNode
}

/** Title, one line about it, and the page's actions. Also names the browser tab. */
export function PageHeader({ title, note, back, children }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} - FastVLM Platform`
  }, [title])
  return (
    <div className={styles.header}>
      <div className={styles.headerText}>
        {back && (
          <Anchor component={Link} to={back.to} size="sm" inline>
            <IconBack size={13} /> {back.label}
          </Anchor>
        )}
        <h1 className={styles.headerTitle}>{title}</h1>
        {note !== undefined && <div className={styles.headerNote}>{note}</div>}
      </div>
      {children}
    </div>
  )
}

interface PanelProps {
  title: string
  children: ReactNode
  actions?: ReactNode
  testId?: string
}

export function Panel({ title, children, actions, testId }: PanelProps) {
  return (
    <Paper component="section" withBorder p="md" radius="md" aria-label={title} data-testid={testId}>
      <Stack gap="sm">
        <div className={styles.header} style={{ marginBottom: 0 }}>
          <h2 className={`${styles.panelTitle} ${styles.headerText}`}>{title}</h2>
          {actions}
        </div>
        {children}
      </Stack>
    </Paper>
  )
}

interface EmptyProps {
  icon: ComponentType<{ size?: number }>
  title: string
  children?: ReactNode
  actions?: ReactNode
}

export function Empty({ icon: Icon, title, children, actions }: EmptyProps) {
  return (
    <div className={styles.empty}>
      <span className={styles.emptyIcon}>
        <Icon size={36} />
      </span>
      <h2 className={styles.emptyTitle}>{title}</h2>
      <div className={styles.emptyText}>{children}</div>
      {actions !== undefined && <div className={styles.emptyActions}>{actions}</div>}
    </div>
  )
}

/** Why something could not be shown, and the way on. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const missing = error instanceof ApiProblem && error.status === 404
  return (
    <Alert color="red" variant="light" icon={<IconWarning />} title={missing ? 'It is not there (any more)' : 'That did not work'}>
      <Stack gap="xs" align="flex-start">
        <span>{sentenceFor(error)}</span>
        {onRetry && !missing && (
          <Button size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

interface PageStateProps {
  title: string
  back: { to: string; label: string }
  error: unknown
  onRetry: () => void
}

/** A page whose subject is being read, or cannot be read. */
export function PageState({ title, back, error, onRetry }: PageStateProps) {
  return (
    <>
      <PageHeader title={title} back={back} />
      {error ? <Trouble error={error} onRetry={onRetry} /> : <Loading rows={3} height={150} />}
    </>
  )
}

/** Faults of a form that belong to none of its fields. */
export function Faults({ faults }: { faults: string[] }) {
  if (faults.length === 0) return null
  return (
    <Alert color="red" variant="light" icon={<IconWarning />} title="Not saved" role="alert" data-testid="form-faults">
      {faults.map((fault) => (
        <div key={fault}>{fault}</div>
      ))}
    </Alert>
  )
}

export function Loading({ rows = 4, height = 64 }: { rows?: number; height?: number }) {
  return (
    <Stack gap="sm" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} radius="md" />
      ))}
    </Stack>
  )
}

/** Names with their values. */
export function Figures({ rows }: { rows: [label: string, value: ReactNode][] }) {
  return (
    <dl className={styles.figures}>
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
