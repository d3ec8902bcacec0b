/// A source of which the first bytes were looked at, and come again.
struct HeadedSource: ByteSource {
  private var source: any ByteSource
  /// The first bytes, fewer than asked for only where the source has no more.
  let head: [UInt8]
  private var given = 0
  /// Where the pieces end in which they came, and come again.
  private let ends: [Int]

  /// - Parameter count: how many bytes are looked at.
  init(_ source: any ByteSource, _ count: Int) throws(FormatError) {
    var source = source
    var head = [UInt8](repeating: 0, count: count)
    var filled = 0
    var ends: [Int] = []
    while filled < count {
      let read = try head.withUnsafeMutableBufferPointer { bytes throws(FormatError) in
        try source.read(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[filled...])))
      }
      if read == 0 { break }
      filled += read
      ends.append(filled)
    }
    self.source = source
    self.head = Array(head[..<filled])
    self.ends = ends
  }

  var name: String { source.name }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    guard given < head.count else { return try source.read(into: buffer) }
    let end = ends.first { $0 > given } ?? head.count
    let count = min(buffer.count, end - given)
    buffer.copyBytes(from: head[given..<given + count])
    given += count
    return count
  }
}
