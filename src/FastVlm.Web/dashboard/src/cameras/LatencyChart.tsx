import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { CaptionRecord } from '../api/types'
import { clockTime } from '../ui/format'

const HEIGHT_PX = 168

/** Drawn with uPlot; its words for screen readers stand around it. */
export default function LatencyChart({ captions }: { captions: CaptionRecord[] }) {
  const scheme = useComputedColorScheme('light')
  const container = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | null>(null)

  useEffect(() => {
    const element = container.current
    if (element === null) return
    const created = new uPlot(optionsFor(scheme, element.clientWidth), [[], [], []], element)
    chart.current = created
    const observer = new ResizeObserver(() => created.setSize({ width: element.clientWidth, height: HEIGHT_PX - 30 }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      created.destroy()
      chart.current = null
    }
  }, [scheme])

  useEffect(() => {
    chart.current?.setData([
      captions.map((caption) => Date.parse(caption.stamps.capturedAt) / 1000),
      captions.map((caption) => caption.timeToFirstTokenSeconds),
      captions.map((caption) => caption.frameAgeSeconds),
    ])
  }, [captions, scheme])

  return <div ref={container} />
}

function optionsFor(scheme: 'light' | 'dark', width: number): uPlot.Options {
  const dark = scheme === 'dark'
  const axis: uPlot.Axis = {
    stroke: dark ? '#a2afbc' : '#566270',
    grid: { stroke: dark ? '#2a333c' : '#e4e8ec', width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height: HEIGHT_PX - 30,
    cursor: { y: false },
    legend: { live: false },
    scales: { y: { range: (_, __, max) => [0, Math.max(0.1, max * 1.1)] } },
    series: [
      {},
      { label: 'Time to first token', stroke: dark ? '#5cc8dc' : '#0b7285', width: 2 },
      { label: 'Frame age', stroke: dark ? '#ffc078' : '#b35900', width: 2, dash: [5, 4] },
    ],
    axes: [
      { ...axis, space: 90, values: (_, ticks) => ticks.map((tick) => clockTime(new Date(tick * 1000).toISOString())) },
      { ...axis, size: 48, values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
    ],
  }
}
