import 'element-plus/theme-chalk/dark/css-vars.css'
import 'element-plus/es/components/message/style/css'
import 'element-plus/es/components/message-box/style/css'
import 'element-plus/es/components/loading/style/css'
import './styles/main.css'
import { ElLoading } from 'element-plus'
import { createApp, watch } from 'vue'
import App from './App.vue'
import { router } from './app/router.ts'
import { session } from './app/session.ts'
import { startTheme } from './app/theme.ts'

startTheme()

// Rights may have changed since the last visit; an answer that the session is over shows the login form by itself.
if (session.account) await session.learnRules().catch(() => {})

createApp(App).use(router).use(ElLoading).mount('#app')

watch(
  () => session.account,
  (account) => {
    if (!account && !router.currentRoute.value.meta.isPublic) void router.push({ path: '/login', query: { to: router.currentRoute.value.fullPath } })
  },
)
