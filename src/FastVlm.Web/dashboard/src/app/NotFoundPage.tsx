import { Button } from '@mantine/core'
import { Link } from 'react-router'
import { IconSearch } from '../ui/icons'
import { Empty, PageHeader } from '../ui/Page'

export function NotFoundPage() {
  return (
    <>
      <PageHeader title="No such page" />
      <Empty
        icon={IconSearch}
        title="This address leads nowhere"
        actions={
          <Button component={Link} to="/">
            To the wall
          </Button>
        }
      >
        The page may have been moved, or the link is incomplete.
      </Empty>
    </>
  )
}
