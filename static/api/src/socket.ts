/** A WebSocket that is opened again when it breaks; the address is asked for anew each time, as signatures age. */
export class LiveSocket {
  private socket: WebSocket | null = null
  private pause = 1000
  private timer: ReturnType<typeof setTimeout> | undefined
  private isClosed = false
  private readonly address: () => string
  private readonly onFrame: (frame: unknown) => void
  private readonly onState: (isOpen: boolean) => void

  constructor(address: () => string, onFrame: (frame: unknown) => void, onState: (isOpen: boolean) => void = () => {}) {
    this.address = address
    this.onFrame = onFrame
    this.onState = onState
    this.open()
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.timer)
    this.socket?.close()
  }

  private open(): void {
    const socket = new WebSocket(this.address().replace(/^http/, 'ws'))
    this.socket = socket
    socket.onopen = () => {
      this.pause = 1000
      this.onState(true)
    }
    socket.onmessage = ({ data }) => {
      try {
        this.onFrame(JSON.parse(String(data)))
      } catch {
        // Not a frame of ours.
      }
    }
    socket.onclose = () => {
      this.onState(false)
      if (this.isClosed) return
      this.timer = setTimeout(() => this.open(), this.pause)
      this.pause = Math.min(this.pause * 2, 60_000)
    }
  }
}
