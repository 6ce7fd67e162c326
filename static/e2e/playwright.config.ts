import { defineConfig } from '@playwright/test'

/** Debian's Chromium against the real server in demo mode; every spec file has a server and data of its own. */
export default defineConfig({
  testDir: '.',
  outputDir: process.env.E2E_RESULTS ?? './results',
  // Time for a slow machine; a story that passes takes a quarter of it.
  timeout: 150_000,
  expect: { timeout: 20_000 },
  workers: Number(process.env.E2E_WORKERS ?? 2),
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    // What slides and fades is judged, and clicked, where it ends.
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
})
