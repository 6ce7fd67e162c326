/** Milliseconds until it is tried again: twice as many each time, */
const SHORTEST = 1000
const LONGEST = 60_000
/** and as few as at first after it had been open for so long. */
const STEADY = 10_000

/** A WebSocket that is opened again when it breaks; the address is asked for anew each time, as signatures age. */
export class LiveSocket {
  private socket: WebSocket | null = null
  private pause = SHORTEST
  private openedAt = 0
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
      this.openedAt = Date.now()
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
      // One that is opened and refused at once was no good connection.
      if (this.openedAt && Date.now() - this.openedAt > STEADY) this.pause = SHORTEST
      this.openedAt = 0
      this.timer = setTimeout(() => this.open(), this.pause)
      this.pause = Math.min(this.pause * 2, LONGEST)
    }
  }
}
