// The dashboard's own few line icons; decoration only, words stand beside them or in the control's name.

import type { ReactNode } from 'react'

interface IconProps {
  size?: number
}

function icon(path: ReactNode) {
  return function Icon({ size = 18 }: IconProps) {
    return (
      <svg
        aria-hidden="true"
        focusable="false"
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        {path}
      </svg>
    )
  }
}

export const IconEye = icon(
  <>
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
    <circle cx="12" cy="12" r="2.8" />
  </>,
)
export const IconWall = icon(<path d="M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z" />)
export const IconRule = icon(<path d="M4 6h10M4 12h7M4 18h5M14 16l2.5 2.5L21 13" />)
export const IconBell = icon(<path d="M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15zM10 19v.5a2 2 0 0 0 4 0V19" />)
export const IconWebhook = icon(<path d="M4 12h4l3-7 3 14 2.5-7H20" />)
export const IconChip = icon(<path d="M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4" />)
export const IconPlus = icon(<path d="M12 5v14M5 12h14" />)
export const IconSun = icon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1" />
  </>,
)
export const IconMoon = icon(<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z" />)
export const IconSystem = icon(<path d="M3.5 5h17v11h-17zM9 20h6M12 16v4" />)
export const IconCritical = icon(<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16v.2" />)
export const IconWarning = icon(<path d="M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.2" />)
export const IconInfo = icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 11v5.5M12 7.8V8" />
  </>,
)
export const IconCheck = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />)
export const IconCross = icon(<path d="M6 6l12 12M18 6 6 18" />)
export const IconCircleCheck = icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="m8 12.3 2.8 2.8L16 9.8" />
  </>,
)
export const IconClock = icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v5l3.5 2" />
  </>,
)
export const IconOffline = icon(<path d="M3 3l18 18M10 6h4l1.5 2H20v9M16.5 18H4V8h3.5M9.5 11.5a3.5 3.5 0 0 0 4.8 4.8" />)
export const IconPause = icon(<path d="M9 5v14M15 5v14" />)
export const IconCamera = icon(
  <>
    <path d="M4 8h3.5L9.5 5.5h5L16.5 8H20v11H4z" />
    <circle cx="12" cy="13" r="3.5" />
  </>,
)
export const IconSearch = icon(
  <>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m16 16 4.5 4.5" />
  </>,
)
export const IconRefresh = icon(<path d="M20 11a8 8 0 0 0-14.5-3.5L4 9M4 4v5h5M4 13a8 8 0 0 0 14.5 3.5L20 15M20 20v-5h-5" />)
export const IconTrash = icon(<path d="M4.5 7h15M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3" />)
export const IconCopy = icon(<path d="M9 9h11v11H9zM5 15H4V4h11v1" />)
export const IconBack = icon(<path d="M15 5l-7 7 7 7" />)
export const IconSend = icon(<path d="M21 3 10 14M21 3l-7 18-4-7-7-4z" />)
export const IconHistory = icon(<path d="M4 12a8 8 0 1 1 2.5 5.8M4 12l-1.5-2M4 12l2.3-1.6M12 8v4.5l3 1.5" />)
export const IconPlay = icon(<path d="M8 5.5v13l10.5-6.5z" />)
