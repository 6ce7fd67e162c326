import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig, type Plugin } from 'vite'

/** Where `npm run dev` finds a server; start one with `cargo run -- --demo`. */
const server = process.env.LEIDA_SERVER ?? 'http://127.0.0.1:8000'

/** Writes `.br` and `.gz` beside every file that shrinks by it; the server embeds them and sends them as they are. */
function precompress(): Plugin {
  let folder = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: (config) => void (folder = config.build.outDir),
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const file = join(folder, name)
        if (!/\.(js|css|html|svg|json)$/.test(name) || !statSync(file).isFile()) continue
        const plain = readFileSync(file)
        if (plain.length < 1024) continue
        writeFileSync(`${file}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
        writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }))
      }
    },
  }
}

export default defineConfig({
  base: '/admin/',
  plugins: [
    vue(),
    Components({
      // Our own components are imported where they are used; only Element Plus' come by name, with their styles.
      dirs: [],
      dts: 'src/components.d.ts',
      resolvers: [ElementPlusResolver({ importStyle: 'css' })],
    }),
    precompress(),
  ],
  resolve: { alias: { '@': join(import.meta.dirname, 'src') } },
  build: {
    outDir: process.env.LEIDA_DIST ?? join(import.meta.dirname, '../dist/admin'),
    emptyOutDir: true,
    target: 'es2022',
    // Everything comes from /admin/assets: a data: font or script would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // A screen is a few files, not a hundred: what most screens use comes at once and compresses better together.
          groups: [
            { name: 'framework', test: /node_modules[\\/](@vue|vue|vue-router|openapi-fetch)[\\/]/ },
            { name: 'controls', test: /node_modules[\\/](element-plus|@element-plus|@vueuse|@floating-ui|async-validator|dayjs|lodash-unified|lodash-es|@ctrl)[\\/]/, minShareCount: 12 },
            { name: 'common', test: /admin[\\/]src[\\/](app|components)[\\/]/, minShareCount: 12 },
          ],
        },
      },
    },
  },
  server: {
    port: Number(process.env.PORT ?? 5173),
    proxy: {
      '/zhugeleida': { target: server, ws: true },
      '/statics': server,
      '/sandbox': server,
      '/docs': server,
    },
  },
  test: { environment: 'happy-dom', environmentOptions: { happyDOM: { url: 'http://localhost/' } }, include: ['src/**/*.test.ts', '../api/test/**/*.test.ts'], server: { deps: { inline: ['element-plus'] } } },
} as import('vite').UserConfig)
