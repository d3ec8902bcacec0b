import CZlib

/// Decompresses gzip, several members after each other as one.
struct GzipSource: ByteSource {
  private let input: CompressedInput
  private let inflater = Inflater()

  init(_ source: any ByteSource) { input = CompressedInput(source) }

  var name: String { input.name }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    while true {
      try input.fill()
      if input.unread.isEmpty {
        if inflater.isBetweenMembers { return 0 }
        throw input.damaged(.gzip, "ends in the middle")
      }
      let given = UnsafeMutableRawBufferPointer(rebasing: input.buffer[input.unread])
      guard let (used, made) = inflater.inflate(given, to: buffer) else { throw input.damaged(.gzip, "is none further on") }
      input.use(used)
      if made > 0 { return made }
    }
  }
}

/// zlib's state.
private final class Inflater {
  private var stream = z_stream()
  private(set) var isBetweenMembers = false

  init() { precondition(premise_gzip_open(&stream) == Z_OK, "zlib has memory") }

  deinit { inflateEnd(&stream) }

  /// - Returns: how many bytes were used and made; nil if they are no gzip.
  func inflate(_ bytes: UnsafeMutableRawBufferPointer, to buffer: UnsafeMutableRawBufferPointer) -> (used: Int, made: Int)? {
    if isBetweenMembers {
      guard inflateReset(&stream) == Z_OK else { return nil }
      isBetweenMembers = false
    }
    let room = min(buffer.count, 1 << 30)
    stream.next_in = bytes.bindMemory(to: UInt8.self).baseAddress
    stream.avail_in = UInt32(bytes.count)
    stream.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
    stream.avail_out = UInt32(room)
    let status = CZlib.inflate(&stream, Z_NO_FLUSH)
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return nil }
    isBetweenMembers = status == Z_STREAM_END
    let (used, made) = (bytes.count - Int(stream.avail_in), room - Int(stream.avail_out))
    return used == 0 && made == 0 && !isBetweenMembers ? nil : (used, made)
  }
}
