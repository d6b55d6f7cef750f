// Which address shows which page. Pages are fetched when they are first opened.

import { lazy, Suspense } from 'react'
import { Route, Routes } from 'react-router'
import { Loading } from '../ui/Page'
import { WallPage } from '../wall/WallPage'
import { NotFoundPage } from './NotFoundPage'
import { Shell } from './Shell'

const CameraPage = lazy(() => import('../cameras/CameraPage'))
const AddCameraPage = lazy(() => import('../cameras/AddCameraPage'))
const RulesPage = lazy(() => import('../rules/RulesPage'))
const RulePage = lazy(() => import('../rules/RulePage'))
const IncidentsPage = lazy(() => import('../incidents/IncidentsPage'))
const IncidentPage = lazy(() => import('../incidents/IncidentPage'))
const WebhooksPage = lazy(() => import('../webhooks/WebhooksPage'))
const NewWebhookPage = lazy(() => import('../webhooks/NewWebhookPage'))
const WebhookPage = lazy(() => import('../webhooks/WebhookPage'))
const ModelsPage = lazy(() => import('../models/ModelsPage'))

export function Pages() {
  return (
    <Shell>
      <Suspense fallback={<Loading />}>
        <Routes>
          <Route index element={<WallPage />} />
          <Route path="cameras/new" element={<AddCameraPage />} />
          <Route path="cameras/:id" element={<CameraPage />} />
          <Route path="rules" element={<RulesPage />} />
          <Route path="rules/:id" element={<RulePage />} />
          <Route path="incidents" element={<IncidentsPage />} />
          <Route path="incidents/:id" element={<IncidentPage />} />
          <Route path="webhooks" element={<WebhooksPage />} />
          <Route path="webhooks/new" element={<NewWebhookPage />} />
          <Route path="webhooks/:id" element={<WebhookPage />} />
          <Route path="models" element={<ModelsPage />} />
          <Route path="*" element={<NotFoundPage />} />
        </Routes>
      </Suspense>
    </Shell>
  )
}
