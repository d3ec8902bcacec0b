/// How a file is compressed, which its first bytes say.
public enum Compression: String, Hashable, Sendable, CaseIterable {
  case gzip, zstd
  /// In the framing format; bare snappy says nothing by which one could know it.
  case snappy

  /// What files begin with.
  var mark: [UInt8] {
    switch self {
    case .gzip: [0x1F, 0x8B, 0x08]
    case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
    case .snappy: [0xFF, 0x06, 0x00, 0x00] + Array("sNaPpY".utf8)
    }
  }

  /// The bytes of a source, decompressed if they are compressed. Without a compression they are as they are.
  public static func opened(_ source: any ByteSource) throws(FormatError) -> any ByteSource {
    let source = try HeadedSource(source, 10)
    switch allCases.first(where: { source.head.starts(with: $0.mark) }) {
    case .gzip: return GzipSource(source)
    case .zstd: return ZstdSource(source)
    case .snappy: return SnappySource(source)
    case nil: return source
    }
  }
}

/// A source that is opened when it is first read.
struct DecompressedSource: ByteSource {
  private var source: any ByteSource
  private var isOpen = false

  init(_ source: any ByteSource) { self.source = source }

  var name: String { source.name }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    if !isOpen {
      source = try Compression.opened(source)
      isOpen = true
    }
    return try source.read(into: buffer)
  }
}

/// Compressed bytes as they come, in a buffer that a library reads from.
final class CompressedInput {
  private var source: any ByteSource
  let buffer: UnsafeMutableRawBufferPointer
  /// The bytes not used up yet.
  private(set) var unread = 0..<0
  private(set) var isAtEnd = false

  init(_ source: any ByteSource) {
    self.source = source
    buffer = .allocate(byteCount: 1 << 17, alignment: 16)
  }

  deinit { buffer.deallocate() }

  var name: String { source.name }

  /// Sees that a byte is there, unless the source has no more.
  func fill() throws(FormatError) {
    guard unread.isEmpty, !isAtEnd else { return }
    let count = try source.read(into: buffer)
    isAtEnd = count == 0
    unread = 0..<count
  }

  func use(_ count: Int) { unread = unread.lowerBound + count..<unread.upperBound }

  /// Fills a buffer whole. Returns how many bytes there were.
  func read(_ bytes: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    var filled = 0
    while filled < bytes.count {
      try fill()
      let count = min(bytes.count - filled, unread.count)
      if count == 0 { break }
      UnsafeMutableRawBufferPointer(rebasing: bytes[filled..<filled + count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[unread.lowerBound..<unread.lowerBound + count]))
      use(count)
      filled += count
    }
    return filled
  }

  /// What is compressed is damaged: no line of it can be told.
  func damaged(_ compression: Compression, _ problem: String) -> FormatError {
    FormatError(
      .encoding, FormatError.Place(name, line: 1, column: 1), "the file begins as \(compression.rawValue), and \(problem)",
      advice: "it was cut off or damaged: fetch it again, or decompress it by hand to see where")
  }
}
