import CSnappy

/// Decompresses snappy in its framing format: chunks of at most 64 KiB, each with a checksum.
///
///     type (1) · length (3, little-endian) · for data: masked CRC-32C of what is decompressed (4) · the bytes
struct SnappySource: ByteSource {
  private let input: CompressedInput
  private var chunk: [UInt8] = []
  private var text: [UInt8] = []
  private var given = 0

  init(_ source: any ByteSource) { input = CompressedInput(source) }

  var name: String { input.name }

  private static let longest = 1 << 16

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    while given == text.count {
      if try !nextChunk() { return 0 }
    }
    let count = min(buffer.count, text.count - given)
    buffer.copyBytes(from: text[given..<given + count])
    given += count
    return count
  }

  /// Reads a chunk; false at the end.
  private mutating func nextChunk() throws(FormatError) -> Bool {
    var head: [UInt8] = [0, 0, 0, 0]
    let found = try head.withUnsafeMutableBufferPointer { bytes throws(FormatError) in
      try input.read(UnsafeMutableRawBufferPointer(bytes))
    }
    if found == 0 { return false }
    let length = Int(head[1]) | Int(head[2]) << 8 | Int(head[3]) << 16
    chunk = [UInt8](repeating: 0, count: length)
    let body = try chunk.withUnsafeMutableBufferPointer { bytes throws(FormatError) in
      try input.read(UnsafeMutableRawBufferPointer(bytes))
    }
    guard found == 4, body == length else { throw input.damaged(.snappy, "ends in the middle") }
    text.removeAll(keepingCapacity: true)
    given = 0
    switch head[0] {
    case 0x00, 0x01:
      guard length >= 4 else { throw broken }
      if head[0] == 0x01 { text += chunk[4...] } else { try uncompress() }
      guard text.count <= Self.longest, masked(CRC32C.of(text)) == checksum else { throw broken }
    case 0xFF:
      guard chunk == Array("sNaPpY".utf8) else { throw broken }
    case 0x80...0xFE: break  // May be passed over.
    default: throw broken
    }
    return true
  }

  private mutating func uncompress() throws(FormatError) {
    let compressed = chunk[4...]
    var length = 0
    let status = compressed.withUnsafeBytes { bytes -> snappy_status in
      let start = bytes.bindMemory(to: CChar.self).baseAddress
      let status = snappy_uncompressed_length(start, bytes.count, &length)
      guard status == SNAPPY_OK, length <= Self.longest else { return SNAPPY_INVALID_INPUT }
      text = [UInt8](repeating: 0, count: length)
      return text.withUnsafeMutableBytes {
        var made = length
        return snappy_uncompress(start, bytes.count, $0.bindMemory(to: CChar.self).baseAddress ?? emptyText, &made)
      }
    }
    guard status == SNAPPY_OK else { throw broken }
  }

  private var checksum: UInt32 { (0..<4).reduce(0) { $0 | UInt32(chunk[$1]) << ($1 * 8) } }

  private func masked(_ sum: UInt32) -> UInt32 { (sum >> 15 | sum << 17) &+ 0xA282_EAD8 }

  private var broken: FormatError { input.damaged(.snappy, "has a chunk that is none") }
}

/// Where nothing is written to.
nonisolated(unsafe) private let emptyText = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
