import type { FormItemRule } from 'element-plus'

/** A mobile number as the server takes it. */
export const MOBILE: FormItemRule = { pattern: /^1\d{10}$/, message: '请填写 11 位手机号', trigger: 'blur' }
