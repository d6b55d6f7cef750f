// Uses the dashboard as a person does, in a real browser:
//   node dashboard.mjs BASE_URL RECEIVER_URL [PICTURE_FOLDER]
// Waits for the captions of the demonstration cameras, creates a webhook and a rule, waits for the rule's incident, looks
// at its evidence and acknowledges it. Prints one JSON line: { secret, incident }. With PICTURE_FOLDER it also takes a
// picture of every page at desktop and phone width. Any error in the browser's console fails it.
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'

const [base, receiver, pictures] = process.argv.slice(2)
const ruleName = 'Blue bolts'
const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
const context = await browser.newContext({ viewport: sizes.desktop, colorScheme: 'light' })
const page = await context.newPage()
page.setDefaultTimeout(60_000)
const complaints = []
page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
page.on('pageerror', (error) => complaints.push(String(error)))

await page.goto(base)
await captionsOf('Demo line')
await captionsOf('Demo press')

await page.goto(`${base}/webhooks/new`)
await page.getByRole('textbox', { name: /^Name/ }).fill('Line control')
await page.getByRole('textbox', { name: /^Address/ }).fill(receiver)
await page.getByTestId('create-webhook').click()
const secret = (await page.getByTestId('webhook-secret').innerText()).match(/whsec_\S+/)[0]

await page.goto(`${base}/rules/new`)
await page.getByRole('textbox', { name: /^Name/ }).fill(ruleName)
await page.getByRole('textbox', { name: /^Expression/ }).fill('blue bolts or red bolts')
await page.getByTestId('save-rule').click()

await page.goto(`${base}/incidents`)
const row = page.getByTestId('incident-row').filter({ hasText: ruleName }).first()
// By its address: the list is live, and rows move.
await page.goto(base + (await row.getByRole('link').first().getAttribute('href')))
await page.getByTestId('evidence-picture').waitFor()
await page.waitForFunction(() => document.querySelector('[data-testid=evidence-picture]').naturalWidth > 0)
await page.getByTestId('evidence-caption').waitFor()
await page.getByTestId('acknowledge').click()
await page.getByTestId('incident-delivery').filter({ hasText: /delivered/i }).first().waitFor()
const incident = new URL(page.url()).pathname.split('/').at(-1)

if (pictures) await photograph(incident)
await browser.close()
if (complaints.length > 0) throw new Error(`The browser complained: ${complaints.join(' | ')}`)
console.log(JSON.stringify({ secret, incident }))

async function captionsOf(camera) {
  const tile = page.getByTestId('tile').filter({ hasText: camera })
  await tile.getByTestId('tile-caption').filter({ hasText: /\w+ \w+/ }).waitFor()
}

async function photograph(incidentId) {
  mkdirSync(pictures, { recursive: true })
  const ids = await page.evaluate(async () => ({
    camera: (await (await fetch('/api/cameras')).json())[0].id,
    rule: (await (await fetch('/api/rules')).json())[0].id,
    webhook: (await (await fetch('/api/webhooks')).json())[0].id,
  }))
  const addresses = {
    wall: '/', camera: `/cameras/${ids.camera}`, 'add-camera': '/cameras/new', rules: '/rules', rule: `/rules/${ids.rule}`,
    incidents: '/incidents', incident: `/incidents/${incidentId}`, webhooks: '/webhooks', webhook: `/webhooks/${ids.webhook}`,
    models: '/models',
  }
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme })
      await page.setViewportSize(viewport)
      for (const [name, address] of Object.entries(addresses)) {
        await page.goto(base + address)
        await page.getByRole('heading', { level: 1 }).first().waitFor()
        await page.waitForTimeout(1500)
        await page.screenshot({ path: `${pictures}/${name}-${size}-${scheme}.png`, fullPage: size === 'phone' })
      }
    }
  }
}
