import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, test as base, type Page } from '@playwright/test'

/** The program under test: what `cargo build` and `cargo test` make, or what `LEIDA` names. `LEIDA_URL` uses a server that runs already. */
const PROGRAM = process.env.LEIDA ?? join(import.meta.dirname, '../../target/debug/leida')

/** An administrator of the demo company. */
export const ADMIN = { username: 'admin', password: 'Leida2026' }

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

async function untilItAnswers(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`leida ended with ${server.exitCode}`)
    if (await fetch(`${url}/healthz`).then((answer) => answer.ok, () => false)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('leida does not answer')
}

/** The back office as a person sees it. */
export class Office {
  readonly page: Page
  readonly url: string
  /** Console errors and failed requests so far; a story ends with none. */
  readonly troubles: string[] = []
  /** Parts of messages that a story provokes on purpose. */
  // The recorder of traces looks into every frame, also into those of articles, in which nothing may run.
  readonly expected: string[] = ["Blocked script execution in 'about:srcdoc'"]

  constructor(page: Page, url: string) {
    this.page = page
    this.url = url
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.note(`console: ${message.text()} (${message.location().url})`)
    })
    page.on('pageerror', (error) => this.note(`page: ${error.message}`))
    page.on('requestfailed', (request) => {
      // A request that was cancelled by leaving a screen is no trouble.
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') this.note(`request: ${request.url()} ${request.failure()?.errorText}`)
    })
    page.on('response', (response) => {
      if (response.status() >= 400) this.note(`answer: ${response.status()} ${response.url()}`)
    })
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(this.url) && !request.url().startsWith(this.url.replace('http', 'ws'))) this.note(`foreign: ${request.url()}`)
    })
  }

  private note(trouble: string): void {
    if (!this.expected.some((part) => trouble.includes(part))) this.troubles.push(trouble)
  }

  async login(account = ADMIN): Promise<void> {
    await this.page.goto(`${this.url}/admin/#/login`)
    await this.page.getByLabel('用户名').fill(account.username)
    await this.page.getByLabel('密码', { exact: true }).fill(account.password)
    await this.page.getByRole('button', { name: '登录' }).click()
    await expect(this.page.getByRole('navigation', { name: '主菜单' })).toBeVisible()
  }

  /** Goes to a screen by its address and waits until nothing loads any more. */
  async open(path: string): Promise<void> {
    await this.page.goto(`${this.url}/admin/#${path}`)
    await this.settled()
  }

  async settled(): Promise<void> {
    await this.page.waitForLoadState('networkidle')
    await expect(this.page.locator('.el-loading-mask:visible')).toHaveCount(0)
  }

  /** The message that slides in after something was done. */
  async says(text: string | RegExp): Promise<void> {
    await expect(this.page.locator('.el-message').filter({ hasText: text }).last()).toBeVisible()
  }

  /** Answers the question before something is lost. */
  async confirm(button: string): Promise<void> {
    await this.page.locator('.el-message-box').getByRole('button', { name: button }).click()
  }

  /** No violation that axe calls serious or critical. */
  async accessible(): Promise<void> {
    // Even without motion, what comes and goes takes a frame or two.
    await this.page.waitForTimeout(100)
    // Where no script may run, axe would wait for ever.
    const { violations } = await new AxeBuilder({ page: this.page }).exclude('iframe[sandbox]').withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze()
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    const told = grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(' ')} — ${node.failureSummary?.split('\n')[1]?.trim()}`).join(' | ')}`)
    expect.soft(told, `axe on ${this.page.url()}`).toEqual([])
  }

  /** A picture for people to look at, when `SHOTS` names a folder. */
  async shot(name: string): Promise<void> {
    if (process.env.SHOTS) await this.page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) })
  }
}

/** A demo server on data of its own, until `stop`. */
class DemoServer {
  readonly url: string
  private readonly data: string
  private readonly process: ChildProcess

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${port}`
    this.data = mkdtempSync(join(tmpdir(), 'leida-e2e-'))
    this.process = spawn(PROGRAM, ['serve', '--demo', '--listen', `127.0.0.1:${port}`, '--data', this.data], { stdio: 'ignore', env: { ...process.env, LEIDA_LOG: 'warn' } })
  }

  static async start(): Promise<DemoServer> {
    const server = new DemoServer(await freePort())
    try {
      await untilItAnswers(server.url, server.process)
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  async stop(): Promise<void> {
    this.process.kill('SIGTERM')
    await new Promise((resolve) => (this.process.exitCode === null ? this.process.once('exit', resolve) : resolve(0)))
    rmSync(this.data, { recursive: true, force: true })
  }
}

/** Gives the address of a server to a file of stories. */
type Servers = { of(file: string): Promise<string> }

/** `office` is somebody at the login form of a demo server that this file's stories share, and no other file's. */
export const test = base.extend<{ server: string; office: Office }, { servers: Servers }>({
  // One worker goes through several files; what one file's stories leave behind must not meet another's.
  servers: [
    async ({}, use) => {
      if (process.env.LEIDA_URL) {
        const url = process.env.LEIDA_URL
        await use({ of: async () => url })
        return
      }
      let file = ''
      let server: DemoServer | undefined
      const stop = async (): Promise<void> => {
        await server?.stop()
        server = undefined
      }
      await use({
        async of(asked) {
          if (asked !== file) await stop()
          file = asked
          server ??= await DemoServer.start()
          return server.url
        },
      })
      await stop()
    },
    { scope: 'worker' },
  ],
  server: async ({ servers }, use, { file }) => use(await servers.of(file)),
  office: async ({ page, server }, use) => {
    const office = new Office(page, server)
    await use(office)
    expect(office.troubles, 'console errors and failed requests').toEqual([])
  },
})

export { expect }
