import { createTheme, localStorageColorSchemeManager } from '@mantine/core'

/** One accent, teal-blue; red, amber and green are kept for what they mean. */
export const theme = createTheme({
  primaryColor: 'cyan',
  primaryShade: { light: 9, dark: 9 },
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "SFMono-Regular", Menlo, "Liberation Mono", monospace',
})

/** The key is also read by public/color-scheme.js. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'fastvlm-color-scheme' })
