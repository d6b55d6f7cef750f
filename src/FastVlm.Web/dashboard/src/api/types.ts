// The JSON of the platform's API and hub. Names, units and meaning are those of the records in FastVlm.Pipeline:
// durations are seconds, times ISO 8601 in UTC, secrets "***".

export type CameraTransport = 'tcp' | 'udp'
export type SamplingMode = 'auto' | 'full' | 'keyframes'
export type DayOfWeek = 'sunday' | 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday'
export type EntryOrigin = 'api' | 'file'
export type Severity = 'info' | 'warning' | 'critical'
export type RuleKind = 'caption' | 'question'

export interface SamplingSpec {
  ratePerSecond: number
  mode: SamplingMode
  sceneChange: boolean
  sceneChangeThreshold: number
  freshnessLimitSeconds: number
  preRollSeconds: number
  frozenAfterSeconds: number
}

export interface RegionSpec {
  x: number
  y: number
  width: number
  height: number
}

export interface PointSpec {
  x: number
  y: number
}

export interface MaskSpec {
  points: PointSpec[]
}

export interface ShiftSpec {
  days: DayOfWeek[]
  from: string
  to: string
}

export interface MaintenanceWindow {
  from: string
  to: string
  note: string | null
}

export interface ScheduleSpec {
  timeZone: string
  shifts: ShiftSpec[]
  maintenance: MaintenanceWindow[]
}

export interface CameraCredentials {
  username: string
  password: string
}

export interface CameraSpec {
  name: string
  url: string
  tags: string[]
  enabled: boolean
  transport: CameraTransport
  credentials: CameraCredentials | null
  sampling: SamplingSpec
  prompt: string
  resolutionPx: number | null
  answerTokensMax: number
  region: RegionSpec | null
  privacyMasks: MaskSpec[]
  schedule: ScheduleSpec | null
}

export type CameraState = 'connecting' | 'live' | 'stalled' | 'offline' | 'ended' | 'disabled'

export interface CameraStatus {
  cameraId: string
  state: CameraState
  since: string
  reason?: string | null
  failureKind?: string | null
  attempt: number
  downSince?: string | null
  retryIn?: number | null
}

export type DropReason =
  'notDue' | 'replaced' | 'tooOld' | 'queueFull' | 'engineStopped' | 'failed' | 'badPicture' | 'outsideSchedule'

export interface FeedCounters {
  framesRead: number
  framesSampled: number
  framesCaptioned: number
  framesDropped: Partial<Record<DropReason, number>>
  restarts: number
  stalls: number
}

export interface StageStamps {
  capturedAt: string
  sampledAt?: string | null
  queuedAt?: string | null
  startedAt?: string | null
  encodedAt?: string | null
  firstTokenAt?: string | null
  lastTokenAt?: string | null
  matchedAt?: string | null
  storedAt?: string | null
  deliveredAt?: string | null
}

export interface CaptionRecord {
  id: string
  cameraId: string
  text: string
  prompt: string
  modelName: string
  reason: 'rate' | 'sceneChange'
  frameIndex: number
  stamps: StageStamps
  frameAgeSeconds: number
  timeToFirstTokenSeconds: number
  newTokenCount: number
  matchedRules: string[]
  answers: Record<string, number>
}

export interface CameraReport {
  status: CameraStatus
  counters?: FeedCounters | null
  lastCaption?: CaptionRecord | null
  sourceDescription?: string | null
}

interface Entry<TSpec> {
  id: string
  spec: TSpec
  origin: EntryOrigin
  createdAt: string
  updatedAt: string
}

export interface CameraView extends Entry<CameraSpec> {
  report: CameraReport | null
}

export interface CameraTest {
  succeeded: boolean
  error?: string | null
  codec?: string | null
  widthPx?: number | null
  heightPx?: number | null
  framesPerSecond?: number | null
  picture?: string | null
  warnings: string[]
}

export interface PromptPreset {
  id: string
  title: string
  prompt: string
}

export interface CameraSelector {
  ids: string[]
  tags: string[]
}

export interface RuleTiming {
  onMatches: number
  onWindow: number
  offMisses: number
  minimumDurationSeconds: number
  clearAfterSeconds: number
  cooldownSeconds: number
}

export interface RuleSpec {
  name: string
  enabled: boolean
  kind: RuleKind
  expression: string | null
  question: string | null
  threshold: number
  severity: Severity
  timing: RuleTiming
  schedule: ScheduleSpec | null
  cameras: CameraSelector
}

export interface RuleView extends Entry<RuleSpec> {
  name: string
}

export interface RuleTryError {
  path: string
  message: string
  position?: number | null
  hint?: string | null
}

export interface RuleTry {
  isMatch: boolean
  span?: string | null
  spanStart: number
  why: string
  errors: RuleTryError[]
}

export interface BackTestIncident {
  cameraId: string
  openedAt: string
  clearedAt?: string | null
  count: number
  caption: string
  span?: string | null
  why: string
}

export interface BackTestView {
  id: string
  state: 'running' | 'done' | 'cancelled' | 'failed'
  captionsRead: number
  captionsTotal: number
  incidents: BackTestIncident[]
  incidentCount: number
  error?: string | null
}

export type IncidentKind = 'rule' | 'cameraDown' | 'endpointDown'
export type IncidentState = 'open' | 'cleared'

export interface Incident {
  id: string
  kind: IncidentKind
  cameraId?: string | null
  ruleId?: string | null
  endpointId?: string | null
  title: string
  why: string
  severity: Severity
  state: IncidentState
  openedAt: string
  lastSeenAt: string
  clearedAt?: string | null
  count: number
  alert: 'told' | 'heldBack'
  acknowledgedAt?: string | null
  acknowledgedBy?: string | null
  verdict?: boolean | null
  verdictNote?: string | null
}

export interface RuleVerdict {
  ruleId: string
  isMatch: boolean
  span?: string | null
  spanStart: number
  probability?: number | null
  why: string
}

export interface GenerationRequest {
  prompt: string
  systemPrompt?: string | null
  maxNewTokens: number
  temperature: number
  topP?: number | null
  beamCount: number
  repetitionPenalty: number
  seed: number
  questions: string[]
}

export interface EvidencePicture {
  capturedAt: string
  isTrigger: boolean
  widthPx: number
  heightPx: number
  sha256: string
  pixelsSha256: string
}

export interface Evidence {
  caption: CaptionRecord
  rule: RuleSpec
  verdict: RuleVerdict
  modelFingerprint: string
  parameters: GenerationRequest
  pictures: EvidencePicture[]
}

export interface IncidentDetail {
  incident: Incident
  evidence: Evidence | null
  deliveries: Delivery[]
  deliveredAt?: string | null
}

export type WebhookTemplate = 'json' | 'slack' | 'teams'
export type WebhookEvent = 'incidentOpened' | 'incidentCleared' | 'incidentAcknowledged'

export interface EndpointSpec {
  name: string
  url: string
  enabled: boolean
  disabledReason: string | null
  template: WebhookTemplate
  secrets: string[]
  events: WebhookEvent[]
  minimumSeverity: Severity
  cameras: CameraSelector
  rules: string[]
  allowPrivateNetwork: boolean
}

export interface EndpointView extends Entry<EndpointSpec> {
  name: string
  pending: number
  secret?: string
}

export type DeliveryState = 'pending' | 'delivered' | 'failed' | 'cancelled'

export interface Delivery {
  id: string
  endpointId: string
  incidentId?: string | null
  eventType: string
  payload: string
  createdAt: string
  state: DeliveryState
  attemptCount: number
  nextAttemptAt?: string | null
  deliveredAt?: string | null
  lastResult?: string | null
}

export interface DeliveryAttempt {
  deliveryId: string
  number: number
  at: string
  durationSeconds: number
  remoteAddress?: string | null
  requestHeaders: Record<string, string>
  statusCode?: number | null
  responseBody?: string | null
  error?: string | null
}

export interface DeliveryDetail {
  delivery: Delivery
  attempts: DeliveryAttempt[]
}

export interface ModelDescription {
  name: string
  licence: string
  inputSizePx: number
  device: string
  contextLength: number
  fingerprint: string
}

export interface ModelFigures {
  lookCount: number
  timeToFirstTokenMedianSeconds: number
  timeToFirstTokenP95Seconds: number
  tokensPerSecondMedian: number
  looksPerSecond: number
}

export interface ModelCard {
  name: string
  licence: string
  licenceNotice?: string | null
  isActive: boolean
  isInstalled: boolean
  sizeBytes: number
  dtype?: string | null
  description?: ModelDescription | null
  figures?: ModelFigures | null
}

export interface Health {
  status: 'ok' | 'degraded'
  version: string
  problems: string[]
  cameras: { total: number; live: number; down: number; disabled: number }
  incidentsOpen: number
  deliveriesPending: number
  model: string | null
}
