import { describe, expect, it } from 'vitest'
import { movedMask, movedRegion, newMask, reshapedRegion, withPointAfter } from './shapes'

const region = { x: 0.2, y: 0.2, width: 0.4, height: 0.4 }

describe('regions', () => {
  it('stay within the picture when moved', () => {
    expect(movedRegion(region, 1, -1)).toEqual({ x: 0.6, y: 0, width: 0.4, height: 0.4 })
  })

  it('keep the opposite corner when one is dragged', () => {
    expect(reshapedRegion(region, 'nw', 0.1, 0.1)).toEqual({ x: 0.3, y: 0.3, width: 0.3, height: 0.3 })
    expect(reshapedRegion(region, 'se', 0.1, 2)).toEqual({ x: 0.2, y: 0.2, width: 0.5, height: 0.8 })
  })

  it('never turn inside out', () => {
    expect(reshapedRegion(region, 'se', -1, -1)).toEqual({ x: 0.2, y: 0.2, width: 0.02, height: 0.02 })
    expect(reshapedRegion(region, 'nw', 1, 1)).toEqual({ x: 0.58, y: 0.58, width: 0.02, height: 0.02 })
  })
})

describe('masks', () => {
  it('keep their form at the edge of the picture', () => {
    expect(movedMask(newMask(), 0.9, 0).points).toEqual([
      { x: 0.8, y: 0.4 },
      { x: 1, y: 0.4 },
      { x: 1, y: 0.6 },
      { x: 0.8, y: 0.6 },
    ])
  })

  it('get a corner half-way to the next, also after the last', () => {
    expect(withPointAfter(newMask(), 3).points.at(-1)).toEqual({ x: 0.4, y: 0.5 })
  })
})
