import { ref, watch } from 'vue'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'leida.theme'
const system = matchMedia('(prefers-color-scheme: dark)')

export const theme = ref<Theme>((localStorage.getItem(KEY) as Theme | null) ?? 'system')
export const isDark = ref(false)

function apply(): void {
  isDark.value = theme.value === 'dark' || (theme.value === 'system' && system.matches)
  document.documentElement.classList.toggle('dark', isDark.value)
}

/** Shows the page in the chosen colours and keeps doing so. */
export function startTheme(): void {
  apply()
  system.addEventListener('change', apply)
  watch(theme, (chosen) => {
    localStorage.setItem(KEY, chosen)
    apply()
  })
}
