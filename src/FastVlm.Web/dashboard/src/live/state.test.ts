import { describe, expect, it } from 'vitest'
import type { LiveEvent } from '../api/live'
import { cameraOf, captionOf, incidentOf } from '../testing'
import { applyEvents, emptyState, seedCameras, seedIncidents } from './state'

const text = (frameIndex: number, piece: string): LiveEvent => ({
  type: 'captionText',
  sequence: 0,
  cameraId: 'cam_1',
  frameIndex,
  text: piece,
})

const caption = (sequence: number, frameIndex: number): LiveEvent => ({
  type: 'caption',
  sequence,
  cameraId: 'cam_1',
  caption: captionOf({ id: `cap_${sequence}`, frameIndex, stamps: { capturedAt: `2026-01-01T00:00:0${sequence}Z` } }),
})

describe('live state', () => {
  it('joins the pieces of one frame and begins anew with the next', () => {
    const state = applyEvents(emptyState, [text(1, 'A part'), text(1, ' dropped'), text(2, 'The')])
    expect(state.cameras.get('cam_1')?.writing).toEqual({ frameIndex: 2, text: 'The' })
  })

  it('replaces the pieces of a frame by its caption, and keeps those of a newer frame', () => {
    const one = applyEvents(emptyState, [text(1, 'A part'), caption(1, 1)])
    expect(one.cameras.get('cam_1')?.writing).toBeNull()
    const two = applyEvents(emptyState, [text(2, 'A part'), caption(1, 1)])
    expect(two.cameras.get('cam_1')?.writing?.text).toBe('A part')
  })

  it('takes an event that comes twice once', () => {
    const state = applyEvents(applyEvents(emptyState, [caption(1, 1), caption(2, 2)]), [caption(2, 2), caption(3, 3)])
    expect(state.cameras.get('cam_1')?.recent.map(({ id }) => id)).toEqual(['cap_1', 'cap_2', 'cap_3'])
    expect(state.sequence).toBe(3)
  })

  it('keeps the identity of cameras that no event is about', () => {
    const before = applyEvents(emptyState, [caption(1, 1)])
    const other: LiveEvent = {
      type: 'caption',
      sequence: 2,
      cameraId: 'cam_2',
      caption: captionOf({ id: 'cap_9', cameraId: 'cam_2' }),
    }
    expect(applyEvents(before, [other]).cameras.get('cam_1')).toBe(before.cameras.get('cam_1'))
  })

  it('forgets what a camera was writing when it is lost', () => {
    const lost: LiveEvent = {
      type: 'cameraState',
      sequence: 1,
      cameraId: 'cam_1',
      status: { cameraId: 'cam_1', state: 'offline', since: '2026-01-01T00:00:00Z', attempt: 1 },
    }
    expect(applyEvents(emptyState, [text(1, 'A part'), lost]).cameras.get('cam_1')?.writing).toBeNull()
  })

  it('holds incidents while they are open', () => {
    const opened: LiveEvent = { type: 'incident', sequence: 1, change: 'opened', incident: incidentOf({ id: 'inc_1' }) }
    const cleared: LiveEvent = {
      type: 'incident',
      sequence: 2,
      change: 'cleared',
      incident: incidentOf({ id: 'inc_1', state: 'cleared' }),
    }
    const state = applyEvents(emptyState, [opened])
    expect([...state.incidents.keys()]).toEqual(['inc_1'])
    expect(applyEvents(state, [cleared]).incidents.size).toBe(0)
  })

  it('does not let an answer that was read undo a newer event', () => {
    const live = applyEvents(emptyState, [caption(5, 5)])
    const read = cameraOf('cam_1')
    read.report = {
      status: { cameraId: 'cam_1', state: 'live', since: '2026-01-01T00:00:00Z', attempt: 0 },
      lastCaption: captionOf({ id: 'cap_1', stamps: { capturedAt: '2026-01-01T00:00:01Z' } }),
    }
    const seeded = seedCameras(live, [read])
    expect(seeded.cameras.get('cam_1')?.caption?.id).toBe('cap_5')
    expect(seeded.cameras.get('cam_1')?.status?.state).toBe('live')
  })

  it('drops cameras and incidents that are gone', () => {
    const state = seedIncidents(applyEvents(emptyState, [caption(1, 1)]), [incidentOf({ id: 'inc_1' })])
    expect(seedCameras(state, []).cameras.size).toBe(0)
    expect(seedIncidents(state, []).incidents.size).toBe(0)
  })
})
