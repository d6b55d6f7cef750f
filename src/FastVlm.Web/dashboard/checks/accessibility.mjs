// Looks at every page of a running platform with axe-core, at desktop and phone width, light and dark:
//   node checks/accessibility.mjs BASE_URL
// Prints one line per page and fails where axe finds something serious, the page is wider than the window, or the browser
// complains. Chromium is taken from CHROMIUM, else from /usr/bin/chromium.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const base = process.argv[2] ?? 'http://localhost:8080'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } }
const faults = []

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
})
const pages = await addresses()
for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ['light', 'dark']) {
        const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
        for (const path of pages) await look(context, path, `${size} ${colorScheme} ${path}`)
        await context.close()
    }
}
await browser.close()
for (const fault of faults) console.error(fault)
console.log(`${pages.length} pages, ${faults.length} faults`)
process.exit(faults.length === 0 ? 0 : 1)

async function look(context, path, name) {
    const page = await context.newPage()
    page.on('console', (message) => message.type() === 'error' && faults.push(`${name}: console: ${message.text()}`))
    page.on('pageerror', (error) => faults.push(`${name}: ${error.message}`))
    await page.goto(base + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    // What is being read has come when no placeholder is left.
    await page.waitForFunction(() => document.querySelector('[role=status][aria-label=Loading]') === null)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (overflow > 0) faults.push(`${name}: ${overflow} px wider than the window`)
    // The page's own policy forbids foreign scripts; the debugger may bring one.
    const debug = await context.newCDPSession(page)
    await debug.send('Runtime.evaluate', { expression: axe })
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
    for (const { id, impact, nodes } of violations) {
        const line = `${name}: ${impact} ${id}: ${nodes[0].html.slice(0, 160)}`
        if (impact === 'serious' || impact === 'critical') faults.push(line)
        else console.log(line)
    }
    await page.close()
}

async function addresses() {
    const [camera, rule, incident, webhook] = await Promise.all(['cameras', 'rules', 'incidents', 'webhooks'].map(firstId))
    return [
        '/',
        '/cameras/new',
        camera && `/cameras/${camera}`,
        '/rules',
        '/rules/new',
        rule && `/rules/${rule}`,
        '/incidents',
        incident && `/incidents/${incident}`,
        '/webhooks',
        '/webhooks/new',
        webhook && `/webhooks/${webhook}`,
        '/models',
        '/no-such-page',
    ].filter(Boolean)
}

async function firstId(kind) {
    const response = await fetch(`${base}/api/${kind}`)
    return response.ok ? (await response.json())[0]?.id : undefined
}
