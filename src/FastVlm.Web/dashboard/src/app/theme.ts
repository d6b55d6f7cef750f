import { createTheme, localStorageColorSchemeManager } from '@mantine/core'

/** One accent, teal-blue; red, amber and green are kept for what they mean. */
export const theme = createTheme({
  primaryColor: 'cyan',
  primaryShade: { light: 9, dark: 9 },
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  // Greys with a little of the accent's blue, so that dark surfaces belong together.
  colors: {
    dark: ['#dde4ea', '#b9c4cf', '#a2afbc', '#6d7c8a', '#3f4b57', '#343f4a', '#232b34', '#1a2027', '#12161b', '#0c0f13'],
  },
  components: {
    // A cross alone says nothing to a screen reader.
    // The style sheet marks what is required, so that the label's text is the name alone.
    InputWrapper: { defaultProps: { withAsterisk: false } },
    CloseButton: { defaultProps: { 'aria-label': 'Close' } },
  },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "SFMono-Regular", Menlo, "Liberation Mono", monospace',
})

/** The key is also read by public/color-scheme.js. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'fastvlm-color-scheme' })
