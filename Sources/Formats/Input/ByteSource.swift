#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Where a format's bytes come from, in pieces of any size: a file, standard input, a request's body. Asked once per piece.
public protocol ByteSource {
  /// As the user knows it; messages begin with it.
  var name: String { get }

  /// Fills some of the buffer.
  ///
  /// - Returns: how many bytes were filled in; 0 at the end and only there.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int
}

/// A file, or standard input as `-`. Closed when the last copy is gone.
public struct FileSource: ByteSource {
  public let name: String
  private let file: Descriptor

  /// Opens the file.
  public init(_ path: String) throws(FormatError) {
    let isStandardInput = path == "-"
    name = isStandardInput ? "standard input" : path
    let descriptor = isStandardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(name, "cannot be opened") }
    file = Descriptor(descriptor, isOwned: !isStandardInput)
  }

  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(file.number, buffer.baseAddress, buffer.count)
      #else
        let count = Musl.read(file.number, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 { return count }
      if errno != EINTR { throw unreadable(name, "cannot be read") }
    }
  }
}

/// Closes the file with its last user.
private final class Descriptor: Sendable {
  let number: Int32
  private let isOwned: Bool

  init(_ number: Int32, isOwned: Bool) {
    self.number = number
    self.isOwned = isOwned
  }

  deinit { if isOwned { close(number) } }
}

private func unreadable(_ name: String, _ what: String) -> FormatError {
  let reason = String(cString: strerror(errno))
  return FormatError(
    .unreadable, FormatError.Place(name, line: 1, column: 1), "the file \(what) (\(reason))",
    advice: "check the path and the permissions")
}

/// Bytes at hand, given out in pieces of at most so many.
public struct MemorySource: ByteSource {
  public let name: String
  private let bytes: [UInt8]
  private let piece: Int
  private var position = 0

  /// - Precondition: `piece` is positive.
  public init(_ name: String, _ bytes: some Sequence<UInt8>, piece: Int = .max) {
    precondition(piece > 0, "a piece has a byte")
    self.name = name
    self.bytes = Array(bytes)
    self.piece = piece
  }

  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    let count = min(piece, bytes.count - position, buffer.count)
    buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }
}
