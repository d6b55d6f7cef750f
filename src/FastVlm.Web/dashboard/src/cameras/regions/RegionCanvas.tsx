import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode, type RefObject } from 'react'
import type { MaskSpec, PointSpec, RegionSpec } from '../../api/types'
import { cornerOf, movedMask, movedPoint, movedRegion, reshapedRegion, type Corner } from './shapes'
import styles from './regions.module.css'

const KEY_STEP = 0.01
const corners: Corner[] = ['nw', 'ne', 'sw', 'se']
const cornerWords: Record<Corner, string> = { nw: 'upper left', ne: 'upper right', sw: 'lower left', se: 'lower right' }

type Move = (dx: number, dy: number) => void

interface RegionCanvasProps {
  /** JPEG, base64; null draws on an empty ground. */
  picture: string | null
  region: RegionSpec | null
  masks: MaskSpec[]
  onRegion: (region: RegionSpec) => void
  onMasks: (masks: MaskSpec[]) => void
}

export function RegionCanvas({ picture, region, masks, onRegion, onMasks }: RegionCanvasProps) {
  const frame = useRef<HTMLDivElement>(null)
  const setMask = (index: number, mask: MaskSpec) => onMasks(masks.map((old, i) => (i === index ? mask : old)))

  return (
    <div ref={frame} className={styles.frame} data-empty={picture === null || undefined}>
      {picture !== null && (
        <img
          className={styles.picture}
          src={`data:image/jpeg;base64,${picture}`}
          alt="The camera's whole picture"
          draggable={false}
        />
      )}
      <svg className={styles.shapes} viewBox="0 0 1 1" preserveAspectRatio="none" role="group" aria-label="Region and masks">
        {region && <path className={styles.outside} d={outsideOf(region)} fillRule="evenodd" />}
        {masks.map((mask, index) => (
          <Draggable
            key={index}
            frame={frame}
            label={`Privacy mask ${index + 1}`}
            onMove={(dx, dy) => setMask(index, movedMask(mask, dx, dy))}
          >
            <polygon className={styles.mask} points={mask.points.map(({ x, y }) => `${x},${y}`).join(' ')} />
          </Draggable>
        ))}
        {region && (
          <Draggable frame={frame} label="Region of interest" onMove={(dx, dy) => onRegion(movedRegion(region, dx, dy))}>
            <rect className={styles.region} x={region.x} y={region.y} width={region.width} height={region.height} />
          </Draggable>
        )}
      </svg>
      {region &&
        corners.map((corner) => (
          <Handle
            key={corner}
            frame={frame}
            at={cornerOf(region, corner)}
            label={`Region, ${cornerWords[corner]} corner`}
            onMove={(dx, dy) => onRegion(reshapedRegion(region, corner, dx, dy))}
          />
        ))}
      {masks.map((mask, index) =>
        mask.points.map((point, number) => (
          <Handle
            key={`${index}-${number}`}
            frame={frame}
            at={point}
            label={`Mask ${index + 1}, corner ${number + 1}`}
            onMove={(dx, dy) =>
              setMask(index, { points: mask.points.map((old, i) => (i === number ? movedPoint(point, dx, dy) : old)) })
            }
          />
        )),
      )}
    </div>
  )
}

function outsideOf({ x, y, width, height }: RegionSpec): string {
  return `M0 0H1V1H0ZM${x} ${y}h${width}v${height}h${-width}Z`
}

interface MovableProps {
  frame: RefObject<HTMLDivElement | null>
  label: string
  onMove: Move
}

function Draggable({ frame, label, onMove, children }: MovableProps & { children: ReactNode }) {
  return (
    <g
      tabIndex={0}
      role="button"
      aria-label={`${label}: drag, or move with the arrow keys`}
      className={styles.draggable}
      {...useMoving(frame, onMove)}
    >
      {children}
    </g>
  )
}

function Handle({ frame, at, label, onMove }: MovableProps & { at: PointSpec }) {
  const style = { left: `${at.x * 100}%`, top: `${at.y * 100}%` }
  const name = `${label}: ${Math.round(at.x * 100)} % across, ${Math.round(at.y * 100)} % down`
  return <button type="button" className={styles.handle} style={style} aria-label={name} {...useMoving(frame, onMove)} />
}

/** Drags with a pointer, moves with the arrow keys; in shares of the frame. */
function useMoving(frame: RefObject<HTMLDivElement | null>, onMove: Move) {
  const last = useRef<{ x: number; y: number } | null>(null)
  return {
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId)
      last.current = { x: event.clientX, y: event.clientY }
    },
    onPointerMove: (event: PointerEvent) => {
      const box = frame.current?.getBoundingClientRect()
      if (last.current === null || box === undefined) return
      onMove((event.clientX - last.current.x) / box.width, (event.clientY - last.current.y) / box.height)
      last.current = { x: event.clientX, y: event.clientY }
    },
    onPointerUp: () => {
      last.current = null
    },
    onPointerCancel: () => {
      last.current = null
    },
    onKeyDown: (event: KeyboardEvent) => {
      const step = keySteps[event.key]
      if (step === undefined) return
      event.preventDefault()
      onMove(...step)
    },
  }
}

const keySteps: Record<string, [number, number]> = {
  ArrowLeft: [-KEY_STEP, 0],
  ArrowRight: [KEY_STEP, 0],
  ArrowUp: [0, -KEY_STEP],
  ArrowDown: [0, KEY_STEP],
}
