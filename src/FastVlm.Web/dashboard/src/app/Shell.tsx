// The frame around every page. Roles: banner "header", navigation "Main", main. Landmarks come before content in tab order,
// with a link that skips them.

import { AppShell, Burger, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useEffect, type ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import { useIsStale } from '../live/hooks'
import { LiveProvider } from '../live/LiveProvider'
import { IconEye } from '../ui/icons'
import { ColorSchemeSwitch } from './ColorSchemeSwitch'
import { ConnectionBanner } from './ConnectionBanner'
import { IncidentAnnouncer } from './IncidentAnnouncer'
import { Navigation } from './Navigation'
import styles from './Shell.module.css'

export function Shell({ children }: { children: ReactNode }) {
  return (
    <LiveProvider>
      <Frame>{children}</Frame>
    </LiveProvider>
  )
}

function Frame({ children }: { children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure(false)
  const { pathname } = useLocation()
  const stale = useIsStale()
  useEffect(() => {
    close()
    // In braces: its result, a promise in new browsers, must not become the effect's clean-up.
    window.scrollTo(0, 0)
  }, [pathname, close])
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 208, breakpoint: 'md', collapsed: { mobile: !opened } }} padding="md">
      <AppShell.Header className={styles.bar}>
        <a className="skip-link" href="#content">
          Skip to the content
        </a>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger opened={opened} onClick={toggle} hiddenFrom="md" size="sm" aria-label="Menu" aria-expanded={opened} />
          <Link to="/" className={styles.brand}>
            <IconEye size={22} /> FastVLM Platform
          </Link>
          <ColorSchemeSwitch />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={styles.bar} p="xs" aria-label="Main">
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={styles.main} data-stale={stale || undefined}>
        <ConnectionBanner />
        {children}
      </AppShell.Main>
      <IncidentAnnouncer />
    </AppShell>
  )
}
