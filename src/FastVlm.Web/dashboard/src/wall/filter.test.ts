import { expect, it } from 'vitest'
import { applyEvents, emptyState } from '../live/state'
import { cameraOf, captionOf, incidentOf } from '../testing'
import { allTags, visibleCameras } from './filter'

const cameras = [
  cameraOf('cam_1', { name: 'Line 3', tags: ['line'] }),
  cameraOf('cam_2', { name: 'Press', tags: ['press'] }),
  cameraOf('cam_3', { name: 'Gate', enabled: false }),
]

const live = applyEvents(emptyState, [
  {
    type: 'cameraState',
    sequence: 1,
    cameraId: 'cam_1',
    status: { cameraId: 'cam_1', state: 'live', since: '2026-01-01T00:00:00Z', attempt: 0 },
  },
  { type: 'caption', sequence: 2, cameraId: 'cam_2', caption: captionOf({ id: 'cap_1', cameraId: 'cam_2', text: 'Sparks fly.' }) },
  { type: 'incident', sequence: 3, change: 'opened', incident: incidentOf({ id: 'inc_1', cameraId: 'cam_3' }) },
])

it.each([
  [{ search: '', tag: '', state: '' }, ['cam_1', 'cam_2', 'cam_3']],
  [{ search: 'line', tag: '', state: '' }, ['cam_1']],
  [{ search: 'press sparks', tag: '', state: '' }, ['cam_2']],
  [{ search: '', tag: 'press', state: '' }, ['cam_2']],
  [{ search: '', tag: '', state: 'live' }, ['cam_1']],
  [{ search: '', tag: '', state: 'trouble' }, ['cam_2']],
  [{ search: '', tag: '', state: 'disabled' }, ['cam_3']],
  [{ search: '', tag: '', state: 'incident' }, ['cam_3']],
])('%o shows %o', (filter, ids) => {
  expect(visibleCameras(cameras, live, filter).map(({ id }) => id)).toEqual(ids)
})

it('lists each tag once, in order', () => expect(allTags(cameras)).toEqual(['line', 'press']))
