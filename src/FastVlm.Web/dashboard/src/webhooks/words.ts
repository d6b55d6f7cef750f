import type { WebhookEvent, WebhookTemplate } from '../api/types'

export const templateWords: Record<WebhookTemplate, string> = {
  json: 'Plain JSON',
  slack: 'Slack',
  teams: 'Microsoft Teams',
}

export const eventWords: Record<WebhookEvent, string> = {
  incidentOpened: 'Opened',
  incidentCleared: 'Cleared',
  incidentAcknowledged: 'Acknowledged',
}
