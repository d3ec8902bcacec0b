/// A source of which the first bytes were looked at, and come again.
struct HeadedSource: ByteSource {
  private var source: any ByteSource
  /// The first bytes, fewer than asked for only where the source has no more.
  let head: [UInt8]
  private var given = 0

  /// - Parameter count: how many bytes are looked at.
  init(_ source: any ByteSource, _ count: Int) throws(FormatError) {
    var source = source
    var head = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let read = try head.withUnsafeMutableBufferPointer { bytes throws(FormatError) in
        try source.read(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[filled...])))
      }
      if read == 0 { break }
      filled += read
    }
    self.source = source
    self.head = Array(head[..<filled])
  }

  var name: String { source.name }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    guard given < head.count else { return try source.read(into: buffer) }
    let count = min(buffer.count, head.count - given)
    buffer.copyBytes(from: head[given..<given + count])
    given += count
    return count
  }
}
