import { createRouter, createWebHashHistory, isNavigationFailure, NavigationFailureType, type RouteRecordRaw } from 'vue-router'
import { GROUPS, isVisible, type Screen } from './screens.ts'
import { session } from './session.ts'

declare module 'vue-router' {
  interface RouteMeta {
    title?: string
    screen?: Screen
    /** Shown without a login. */
    isPublic?: boolean
  }
}

const screens: RouteRecordRaw[] = GROUPS.flatMap((group) =>
  group.screens.map((screen) => ({
    path: screen.path,
    component: screen.load,
    meta: { title: screen.title, screen },
  })),
)

// Addresses after the hash: QR codes and WeChat's return addresses hold some of them.
export const router = createRouter({
  history: createWebHashHistory('/admin/'),
  routes: [
    { path: '/login', component: () => import('@/screens/login/LoginScreen.vue'), meta: { title: '登录', isPublic: true } },
    { path: '/register', component: () => import('@/screens/login/RegisterScreen.vue'), meta: { title: '员工登记', isPublic: true } },
    { path: '/password', component: () => import('@/screens/login/FirstPassword.vue'), meta: { title: '修改初始密码' } },
    {
      path: '/',
      component: () => import('@/app/AppFrame.vue'),
      children: [
        { path: '', redirect: () => firstScreen() },
        ...screens,
        { path: '/forbidden', component: () => import('@/app/ForbiddenScreen.vue'), meta: { title: '没有权限' } },
        { path: '/:rest(.*)*', component: () => import('@/app/MissingScreen.vue'), meta: { title: '页面不存在' } },
      ],
    },
  ],
  scrollBehavior: () => ({ top: 0 }),
})

/**
 * Ends the session on purpose: whoever logs in next, perhaps somebody else, begins at the first screen. Who would lose
 * unsaved changes is asked, and may stay.
 */
export async function leave(why = ''): Promise<void> {
  const stays = await router.replace('/login').then(
    (failure) => isNavigationFailure(failure, NavigationFailureType.aborted),
    // The login form could not be fetched, which `onError` sees to.
    () => false,
  )
  if (stays) return
  session.farewell = why
  session.logout()
}

/** The first screen that the account may see. */
export function firstScreen(): string {
  const screen = GROUPS.flatMap((group) => group.screens).find((screen) => !screen.below && isVisible(screen))
  return screen?.path ?? '/about'
}

router.beforeEach((to) => {
  if (to.meta.isPublic) return true
  if (!session.account) return { path: '/login', query: to.path === '/' ? {} : { to: to.fullPath } }
  if (!session.account.is_reset_password && !session.isActing) return to.path === '/password' ? true : '/password'
  if (to.meta.screen && !isVisible(to.meta.screen)) return { path: '/forbidden', replace: true }
  return true
})

router.afterEach((to) => {
  document.title = to.meta.title ? `${to.meta.title} · 雷达后台` : '雷达后台'
})

// A new version of the program has other chunks: the old page cannot load its own any more.
router.onError((error, to) => {
  if (/dynamically imported module|Importing a module script failed/.test(String(error))) {
    location.hash = to.fullPath
    location.reload()
  }
})
