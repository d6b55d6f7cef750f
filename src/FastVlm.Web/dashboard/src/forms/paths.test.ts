import { describe, expect, it } from 'vitest'
import { defaultCamera } from '../api/defaults'
import { mergePatch, valueAt, withValueAt } from './paths'

describe('paths', () => {
  it('reads and replaces a value without touching what lies beside it', () => {
    const changed = withValueAt(defaultCamera, 'sampling.ratePerSecond', 4)
    expect(valueAt(changed, 'sampling.ratePerSecond')).toBe(4)
    expect(defaultCamera.sampling.ratePerSecond).toBe(1)
    expect(changed.privacyMasks).toBe(defaultCamera.privacyMasks)
  })

  it('patches only what was changed', () => {
    const changed = withValueAt(withValueAt(defaultCamera, 'sampling.preRollSeconds', 5), 'name', 'Line 3')
    expect(mergePatch(defaultCamera, changed)).toEqual({ name: 'Line 3', sampling: { preRollSeconds: 5 } })
  })

  it('replaces lists as a whole and removes with null', () => {
    const before = { ...defaultCamera, tags: ['a', 'b'], region: { x: 0, y: 0, width: 1, height: 1 } }
    expect(mergePatch(before, { ...before, tags: ['a'], region: null })).toEqual({ tags: ['a'], region: null })
  })

  it('finds equal specifications equal', () => {
    expect(mergePatch(defaultCamera, structuredClone(defaultCamera))).toBeNull()
  })
})
