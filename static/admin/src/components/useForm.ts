import { ApiError, type FieldErrors } from '@leida/api'
import type { FormInstance } from 'element-plus'
import { computed, inject, provide, reactive, ref, useTemplateRef, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { explain, reason } from '@/app/api.ts'

/** The server's messages by wire name of the field. */
export const FIELD_ERRORS: InjectionKey<FieldErrors> = Symbol('field errors')

export interface FormState {
  isBusy: Ref<boolean>
  /** What went wrong that belongs to no field. */
  problem: Ref<string>
  isDirty: ComputedRef<boolean>
  errors: FieldErrors
  submit: () => Promise<boolean>
  /** What is in the form now counts as saved. */
  settle: () => void
}

/**
 * The one way that forms work, around an `<ElForm ref="form">`: `submit` checks the fields, calls `save`, and puts what the server refused beside the
 * fields that it names. `model` is what the form edits; it is compared with its beginning to know whether something
 * would be lost.
 */
export function useForm(model: object, save: () => Promise<void>): FormState {
  const form = useTemplateRef<FormInstance>('form')
  const isBusy = ref(false)
  const problem = ref('')
  const errors = reactive<FieldErrors>({})
  const before = ref(JSON.stringify(model))
  provide(FIELD_ERRORS, errors)

  async function submit(): Promise<boolean> {
    if (isBusy.value) return false
    problem.value = ''
    for (const name of Object.keys(errors)) delete errors[name]
    const isValid = await form.value?.validate().catch(() => false)
    if (isValid === false) {
      focusFirstError()
      return false
    }
    isBusy.value = true
    try {
      await save()
      settle()
      return true
    } catch (error) {
      if (error instanceof ApiError && !error.isSessionEnd) {
        Object.assign(errors, error.fields)
        // What stands at a field is not said twice; "name: …" says nothing more, other messages do.
        const names = Object.keys(error.fields)
        const isSaid = names.every((name) => name in model) && names.some((name) => error.message.startsWith(name))
        problem.value = isSaid ? '' : reason(error)
        focusFirstError()
      } else {
        explain(error)
      }
      return false
    } finally {
      isBusy.value = false
    }
  }

  function focusFirstError(): void {
    setTimeout(() => document.querySelector<HTMLElement>('.el-form-item.is-error input, .el-form-item.is-error textarea')?.focus(), 50)
  }

  function settle(): void {
    before.value = JSON.stringify(model)
  }

  const isDirty = computed(() => JSON.stringify(model) !== before.value)
  return { isBusy, problem, isDirty, errors, submit, settle }
}

/** The form that a field stands in. */
export function useFieldErrors(): FieldErrors {
  return inject(FIELD_ERRORS, {})
}
