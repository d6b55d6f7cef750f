import { ActionIcon, Tooltip, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { IconMoon, IconSun, IconSystem } from '../ui/icons'

const order: MantineColorScheme[] = ['auto', 'light', 'dark']
const looks = {
  auto: { label: 'Colours follow the system', icon: IconSystem },
  light: { label: 'Light colours', icon: IconSun },
  dark: { label: 'Dark colours', icon: IconMoon },
}

/** Goes round: as the system has it, light, dark. */
export function ColorSchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const next = order[(order.indexOf(colorScheme) + 1) % order.length] ?? 'auto'
  const { label, icon: Icon } = looks[colorScheme]
  return (
    <Tooltip label={`${label}; press for: ${looks[next].label.toLowerCase()}`}>
      <ActionIcon variant="default" size="lg" onClick={() => setColorScheme(next)} aria-label={`${label}. Change`}>
        <Icon />
      </ActionIcon>
    </Tooltip>
  )
}
