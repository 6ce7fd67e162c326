// Fails when static/dist/admin is not what its sources build. The compressed copies are compared by what they hold, as
// another version of zlib may pack the same bytes in another way.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

const committed = join(import.meta.dirname, '../dist/admin')
const built = mkdtempSync(join(tmpdir(), 'leida-dist-'))

function files(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => statSync(join(folder, name)).isFile()).sort()
}

function content(folder, name) {
  const bytes = readFileSync(join(folder, name))
  if (name.endsWith('.br')) return brotliDecompressSync(bytes)
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

try {
  execFileSync('npm', ['run', '--silent', 'build'], { env: { ...process.env, LEIDA_DIST: built }, stdio: ['ignore', 'ignore', 'inherit'] })
  const [here, there] = [files(committed), files(built)]
  const differing = [
    ...here.filter((name) => !there.includes(name)).map((name) => `${name}: no longer built`),
    ...there.filter((name) => !here.includes(name)).map((name) => `${name}: missing`),
    ...here.filter((name) => there.includes(name) && !content(committed, name).equals(content(built, name))).map((name) => `${name}: differs`),
  ]
  if (differing.length > 0) {
    console.error(`static/dist/admin is stale, run "npm run build" in static/:\n${differing.join('\n')}`)
    process.exitCode = 1
  } else {
    console.log(`static/dist/admin is fresh (${here.length} files)`)
  }
} finally {
  rmSync(built, { recursive: true, force: true })
}
