// Moving and reshaping regions and masks, in shares of the picture (0 to 1). Pure.

import type { MaskSpec, PointSpec, RegionSpec } from '../../api/types'

export type Corner = 'nw' | 'ne' | 'sw' | 'se'

/** A region is never thinner than this. */
const SIZE_MIN = 0.02

export function rounded(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000
}

export function movedPoint(point: PointSpec, dx: number, dy: number): PointSpec {
  return { x: rounded(point.x + dx), y: rounded(point.y + dy) }
}

/** Moved as a whole; stays within the picture. */
export function movedRegion(region: RegionSpec, dx: number, dy: number): RegionSpec {
  return {
    ...region,
    x: rounded(Math.min(region.x + dx, 1 - region.width)),
    y: rounded(Math.min(region.y + dy, 1 - region.height)),
  }
}

/** One corner moved, the opposite one stays. */
export function reshapedRegion(region: RegionSpec, corner: Corner, dx: number, dy: number): RegionSpec {
  let [left, top, right, bottom] = [region.x, region.y, region.x + region.width, region.y + region.height]
  if (corner.endsWith('w')) left = Math.min(Math.max(0, left + dx), right - SIZE_MIN)
  else right = Math.max(Math.min(1, right + dx), left + SIZE_MIN)
  if (corner.startsWith('n')) top = Math.min(Math.max(0, top + dy), bottom - SIZE_MIN)
  else bottom = Math.max(Math.min(1, bottom + dy), top + SIZE_MIN)
  return { x: rounded(left), y: rounded(top), width: rounded(right - left), height: rounded(bottom - top) }
}

export function cornerOf(region: RegionSpec, corner: Corner): PointSpec {
  return {
    x: corner.endsWith('w') ? region.x : region.x + region.width,
    y: corner.startsWith('n') ? region.y : region.y + region.height,
  }
}

/** A small square in the middle, to be dragged where it belongs. */
export function newMask(): MaskSpec {
  return {
    points: [
      { x: 0.4, y: 0.4 },
      { x: 0.6, y: 0.4 },
      { x: 0.6, y: 0.6 },
      { x: 0.4, y: 0.6 },
    ],
  }
}

export function movedMask(mask: MaskSpec, dx: number, dy: number): MaskSpec {
  const xs = mask.points.map((point) => point.x)
  const ys = mask.points.map((point) => point.y)
  const byX = Math.min(Math.max(dx, -Math.min(...xs)), 1 - Math.max(...xs))
  const byY = Math.min(Math.max(dy, -Math.min(...ys)), 1 - Math.max(...ys))
  return { points: mask.points.map((point) => movedPoint(point, byX, byY)) }
}

/** A corner more, half-way to the next one. */
export function withPointAfter(mask: MaskSpec, index: number): MaskSpec {
  const here = mask.points[index]
  const next = mask.points[(index + 1) % mask.points.length]
  if (!here || !next) return mask
  const between = { x: rounded((here.x + next.x) / 2), y: rounded((here.y + next.y) / 2) }
  return { points: [...mask.points.slice(0, index + 1), between, ...mask.points.slice(index + 1)] }
}
