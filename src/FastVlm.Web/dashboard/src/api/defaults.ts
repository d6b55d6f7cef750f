// What a new entry begins with: the defaults of the C# records.

import type { CameraSpec, EndpointSpec, RuleSpec, RuleTiming, SamplingSpec, ScheduleSpec } from './types'

export const defaultSampling: SamplingSpec = {
  ratePerSecond: 1,
  mode: 'auto',
  sceneChange: true,
  sceneChangeThreshold: 0.08,
  freshnessLimitSeconds: 5,
  preRollSeconds: 3,
  frozenAfterSeconds: 15,
}

export const defaultCamera: CameraSpec = {
  name: '',
  url: '',
  tags: [],
  enabled: true,
  transport: 'tcp',
  credentials: null,
  sampling: defaultSampling,
  prompt: 'Describe the image.',
  resolutionPx: null,
  answerTokensMax: 64,
  region: null,
  privacyMasks: [],
  schedule: null,
}

const defaultTiming: RuleTiming = {
  onMatches: 1,
  onWindow: 1,
  offMisses: 3,
  minimumDurationSeconds: 0,
  clearAfterSeconds: 5,
  cooldownSeconds: 0,
}

export const defaultRule: RuleSpec = {
  name: '',
  enabled: true,
  kind: 'caption',
  expression: '',
  question: null,
  threshold: 0.5,
  severity: 'warning',
  timing: defaultTiming,
  schedule: null,
  cameras: { ids: [], tags: [] },
}

export const defaultEndpoint: EndpointSpec = {
  name: '',
  url: '',
  enabled: true,
  disabledReason: null,
  template: 'json',
  secrets: [],
  events: [],
  minimumSeverity: 'info',
  cameras: { ids: [], tags: [] },
  rules: [],
  allowPrivateNetwork: false,
}

export function defaultSchedule(): ScheduleSpec {
  return {
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    shifts: [{ days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], from: '06:00', to: '14:00' }],
    maintenance: [],
  }
}
