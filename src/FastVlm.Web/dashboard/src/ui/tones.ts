// The few meanings that have a colour. Each is always shown with an icon and a word as well.

export type Tone = 'critical' | 'warning' | 'info' | 'good' | 'quiet'

export const toneClass: Record<Tone, string> = {
  critical: 'tone-critical',
  warning: 'tone-warning',
  info: 'tone-info',
  good: 'tone-good',
  quiet: 'tone-quiet',
}
