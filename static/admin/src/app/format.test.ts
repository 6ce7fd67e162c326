import { describe, expect, it } from 'vitest'
import { bytes, count, day, duration, moment, picture, plain } from './format.ts'

describe('how things are written', () => {
  it('numbers have thousands, the unknown is a dash', () => {
    expect(count(1234567)).toBe('1,234,567')
    expect(count(0)).toBe('0')
    expect(count(undefined)).toBe('–')
  })

  it("the documents' three kinds of dates become one", () => {
    expect(moment('2018-06-13T11:49:57.548')).toBe('2018-06-13 11:49')
    expect(moment('2018-06-13 11:49:57')).toBe('2018-06-13 11:49')
    expect(moment('')).toBe('–')
    expect(day('2018-06-13 11:49:57')).toBe('2018-06-13')
  })

  it('durations and sizes read naturally', () => {
    expect(duration(45)).toBe('45 秒')
    expect(duration(200)).toBe('3 分 20 秒')
    expect(duration(3900)).toBe('1 小时 5 分')
    expect(bytes(0)).toBe('0 B')
    expect(bytes(1536)).toBe('1.5 KB')
    expect(bytes(5 * 1024 ** 3)).toBe('5.0 GB')
  })

  it('uploads are asked for at the root, other addresses stay', () => {
    expect(picture('statics/a.png')).toBe('/statics/a.png')
    expect(picture('https://example.com/a.png')).toBe('https://example.com/a.png')
    expect(picture(null)).toBe('')
    expect(plain('<p>你好 <b>世界</b></p>')).toBe('你好 世界')
  })
})
