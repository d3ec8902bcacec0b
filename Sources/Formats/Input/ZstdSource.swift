import CZstd

/// Decompresses Zstandard, several frames after each other as one.
struct ZstdSource: ByteSource {
  private let input: CompressedInput
  private let decompressor = Decompressor()

  init(_ source: any ByteSource) { input = CompressedInput(source) }

  var name: String { input.name }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    while true {
      try input.fill()
      // Even without further bytes there may be some that the last ones stood for.
      guard let (used, made) = decompressor.decompress(UnsafeRawBufferPointer(rebasing: input.buffer[input.unread]), to: buffer)
      else {
        throw input.damaged(.zstd, "is none further on, or wants a window of more than 128 MiB")
      }
      input.use(used)
      if made > 0 { return made }
      if used == 0, input.isAtEnd {
        if decompressor.isBetweenFrames { return 0 }
        throw input.damaged(.zstd, "ends in the middle")
      }
    }
  }
}

/// The library's state.
private final class Decompressor {
  private let stream: OpaquePointer
  private(set) var isBetweenFrames = false

  init() {
    guard let stream = ZSTD_createDStream() else { preconditionFailure("zstd has memory") }
    self.stream = stream
    // 2²⁷ bytes: what the format asks of every decoder, and `zstd --long` beyond it.
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 27)
  }

  deinit { ZSTD_freeDStream(stream) }

  /// - Returns: how many bytes were used and made; nil if they are no zstd.
  func decompress(_ bytes: UnsafeRawBufferPointer, to buffer: UnsafeMutableRawBufferPointer) -> (used: Int, made: Int)? {
    var from = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    var to = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    if bytes.isEmpty, isBetweenFrames { return (0, 0) }
    let status = ZSTD_decompressStream(stream, &to, &from)
    guard ZSTD_isError(status) == 0 else { return nil }
    isBetweenFrames = status == 0
    return (from.pos, to.pos)
  }
}
