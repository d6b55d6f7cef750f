// What the pages read from the platform, kept by TanStack Query. Live events refresh it (live/refresh.ts).

import { queryOptions } from '@tanstack/react-query'
import { api } from './client'
import type {
  CameraView,
  Delivery,
  DeliveryDetail,
  EndpointView,
  Health,
  Incident,
  IncidentDetail,
  ModelCard,
  PromptPreset,
  RuleView,
} from './types'

export const PAGE_LENGTH = 50

export const camerasQuery = queryOptions({
  queryKey: ['cameras'],
  queryFn: ({ signal }) => api.get<CameraView[]>('/api/cameras', {}, signal),
})

export const cameraQuery = (id: string) =>
  queryOptions({
    queryKey: ['cameras', id],
    queryFn: ({ signal }) => api.get<CameraView>(`/api/cameras/${id}`, {}, signal),
  })

export const presetsQuery = queryOptions({
  queryKey: ['prompt-presets'],
  queryFn: ({ signal }) => api.get<PromptPreset[]>('/api/prompt-presets', {}, signal),
  staleTime: Infinity,
})

export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: ({ signal }) => api.get<RuleView[]>('/api/rules', {}, signal),
})

export const ruleQuery = (id: string) =>
  queryOptions({
    queryKey: ['rules', id],
    queryFn: ({ signal }) => api.get<RuleView>(`/api/rules/${id}`, {}, signal),
  })

export interface IncidentFilter {
  state?: string
  kind?: string
  camera?: string
  rule?: string
}

export const readIncidents = (filter: IncidentFilter, before: string | undefined, signal: AbortSignal) =>
  api.get<Incident[]>('/api/incidents', { ...filter, before, limit: PAGE_LENGTH }, signal)

export const openIncidentsQuery = queryOptions({
  queryKey: ['incidents', 'open'],
  queryFn: ({ signal }) => api.get<Incident[]>('/api/incidents', { state: 'open', limit: 200 }, signal),
})

export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: ['incidents', 'one', id],
    queryFn: ({ signal }) => api.get<IncidentDetail>(`/api/incidents/${id}`, {}, signal),
  })

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: ({ signal }) => api.get<EndpointView[]>('/api/webhooks', {}, signal),
})

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id],
    queryFn: ({ signal }) => api.get<EndpointView>(`/api/webhooks/${id}`, {}, signal),
  })

export interface DeliveryFilter {
  endpoint?: string
  incident?: string
  state?: string
}

export const readDeliveries = (filter: DeliveryFilter, before: string | undefined, signal: AbortSignal) =>
  api.get<Delivery[]>('/api/deliveries', { ...filter, before, limit: PAGE_LENGTH }, signal)

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['deliveries', 'one', id],
    queryFn: ({ signal }) => api.get<DeliveryDetail>(`/api/deliveries/${id}`, {}, signal),
  })

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => api.get<ModelCard[]>('/api/models', {}, signal),
})

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => api.get<Health>('/api/health', {}, signal),
  refetchInterval: 15_000,
})

export const pictureAddress = (cameraId: string, captionId?: string) =>
  `/api/cameras/${cameraId}/picture.jpg${captionId === undefined ? '' : `?caption=${captionId}`}`

export const evidenceAddress = (incidentId: string, index: number) => `/api/incidents/${incidentId}/pictures/${index}.jpg`
