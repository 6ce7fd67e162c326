import type { Directive } from 'vue'

const observers = new WeakMap<HTMLElement, MutationObserver>()

/**
 * Element Plus writes `aria-checked="mixed"` on the label of a half-ticked box, where it means nothing; its input says the
 * same natively. Put on whatever holds such boxes, it takes the attribute off as often as it comes.
 */
export const vMixedChecks: Directive<HTMLElement> = {
  mounted(root) {
    const clean = (): void => root.querySelectorAll('.el-checkbox[aria-checked]').forEach((label) => label.removeAttribute('aria-checked'))
    const observer = new MutationObserver(clean)
    observer.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-checked'] })
    observers.set(root, observer)
    clean()
  },
  beforeUnmount(root) {
    observers.get(root)?.disconnect()
  },
}
