import { describe, expect, it } from 'vitest'
import { ApiError, Clock, signature } from '../src/index.ts'

describe('the signature', () => {
  it('is md5 of timestamp and token, as the document prints it', () => {
    // printf %s 1528209075744abc | md5sum
    expect(signature({ userId: 7, token: 'abc' }, 1528209075744.6)).toEqual({ user_id: '7', timestamp: '1528209075744', rand_str: 'a59d73f134addc11b0c2fc10c35d6525' })
  })

  it('follows the clock of the server, not small waverings of it', () => {
    const clock = new Clock()
    clock.learn(new Date(Date.now() + 3_600_000).toUTCString())
    expect(Math.abs(clock.now() - Date.now() - 3_600_000)).toBeLessThan(2000)
    const before = clock.now() - Date.now()
    clock.learn(new Date(Date.now() + 3_601_000).toUTCString())
    expect(Math.abs(clock.now() - Date.now() - before)).toBeLessThan(50)
    clock.learn('nonsense')
    clock.learn(null)
    expect(Math.abs(clock.now() - Date.now() - before)).toBeLessThan(50)
  })
})

describe('an error', () => {
  it('knows which fields were refused, and only those', () => {
    const error = new ApiError(301, 'name: 不能为空', { name: ['不能为空'], id: 7 })
    expect(error.fields).toEqual({ name: ['不能为空'] })
    expect(new ApiError(302, '不存在', {}).fields).toEqual({})
    expect(new ApiError(302, '不存在', [1]).fields).toEqual({})
  })

  it('tells the end of a session from a lost connection', () => {
    expect(new ApiError(400, 'token异常').isSessionEnd).toBe(true)
    expect(new ApiError(306, '账户未启用').isSessionEnd).toBe(true)
    expect(new ApiError(403, '没有权限').isSessionEnd).toBe(false)
    expect(new ApiError(0, '').isOffline).toBe(true)
  })
})
