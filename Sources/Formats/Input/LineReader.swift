#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// One line, lent until the next one is asked for.
struct Line {
  /// Without the line's end. The byte behind them is zero, and eight more may be loaded: scanners need not look where they are.
  let bytes: UnsafeBufferPointer<UInt8>
  /// From 1.
  let number: Int
}

/// Cuts a source into lines, in one buffer that holds a piece of the source and at least the line at hand.
///
/// Shaped for files of any size with lines of some hundred bytes, and now and then one of many megabytes: then the buffer grows, up to
/// a limit past which a line is refused, because a file without line ends must not fill the memory.
struct LineReader: ~Copyable {
  private var source: any ByteSource
  private let longest: Int

  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// The bytes not yet given out. Of them, those before `searched` have no line end.
  private var unread = 0..<0
  private var searched = 0
  private var isAtEnd = false
  /// The number of the line given out last.
  private(set) var number = 0

  private static let padding = 16

  init(_ source: any ByteSource, longest: Int, piece: Int = 1 << 18) {
    self.source = source
    self.longest = longest
    capacity = piece
    buffer = .allocate(capacity: piece + Self.padding)
    buffer.initialize(repeating: 0, count: piece + Self.padding)
  }

  deinit { buffer.deallocate() }

  /// The file's name.
  var name: String { source.name }

  /// The next line; nil at the end. A last line without a line end is a line.
  mutating func next() throws(FormatError) -> Line? {
    while true {
      if let end = lineEnd() { return take(end, next: end + 1) }
      if isAtEnd { return unread.isEmpty ? nil : take(unread.upperBound, next: unread.upperBound) }
      try fill()
    }
  }

  /// The next message of a replication protocol; nil at the end. A line end behind it is passed, as `pg_recvlogical` writes them.
  ///
  /// What is no message is given out as it is, with what follows: who reads it says what is wrong.
  mutating func nextMessage(isStreaming: Bool) throws(FormatError) -> Line? {
    var wanted = 1
    while true {
      if number > 0, !unread.isEmpty, buffer[unread.lowerBound] == 0x0A { unread = unread.lowerBound + 1..<unread.upperBound }
      let bytes = UnsafeBufferPointer(start: UnsafePointer(buffer + unread.lowerBound), count: unread.count)
      if bytes.isEmpty, isAtEnd { return nil }
      if bytes.count >= wanted || isAtEnd {
        switch PgOutputMessage.length(bytes, isStreaming: isStreaming, isEnd: isAtEnd) {
        case .known(let count): return takeMessage(count)
        case .noMessage: return takeMessage(min(bytes.count, 64))
        case .longer where isAtEnd: return takeMessage(bytes.count)
        case .longer: wanted = bytes.count * 2  // A message of many megabytes is not gone over again for each piece of it.
        }
      }
      try fill()
    }
  }

  private mutating func takeMessage(_ count: Int) -> Line {
    let start = unread.lowerBound
    unread = start + count..<unread.upperBound
    searched = unread.lowerBound
    number += 1
    return Line(bytes: UnsafeBufferPointer(start: UnsafePointer(buffer + start), count: count), number: number)
  }

  /// The fault of a line, in its file.
  func error(_ fault: Fault, _ line: Line) -> FormatError { fault.placed(in: line, of: source.name) }

  private mutating func lineEnd() -> Int? {
    let rest = unread.upperBound - searched
    guard rest > 0, let found = memchr(buffer + searched, 0x0A, rest) else {
      searched = unread.upperBound
      return nil
    }
    return UnsafeMutableRawPointer(buffer).distance(to: found)
  }

  private mutating func take(_ end: Int, next: Int) -> Line {
    let start = unread.lowerBound
    unread = next..<unread.upperBound
    searched = next
    buffer[end] = 0
    number += 1
    let line = UnsafeBufferPointer(start: UnsafePointer(buffer + start), count: end - start)
    return Line(bytes: number == 1 ? Self.withoutMark(line) : line, number: number)
  }

  /// Some editors begin a file with U+FEFF.
  private static func withoutMark(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    line.starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeBufferPointer(rebasing: line[3...]) : line
  }

  /// Moves what is unread to the front, makes room if that is not enough, and reads once.
  private mutating func fill() throws(FormatError) {
    let count = unread.count
    guard count <= longest else {
      throw FormatError(
        .tooLarge, FormatError.Place(name, line: number + 1, column: 1), "the line is longer than \(longest) bytes",
        advice: "write one record a line, or raise the limit")
    }
    if unread.lowerBound > 0 {
      memmove(buffer, buffer + unread.lowerBound, count)
      unread = 0..<count
      searched = count
    }
    if count == capacity { grow() }
    let room = UnsafeMutableRawBufferPointer(start: buffer + count, count: capacity - count)
    let read = try source.read(into: room)
    isAtEnd = read == 0
    unread = 0..<count + read
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2 + Self.padding)
    larger.initialize(repeating: 0, count: capacity * 2 + Self.padding)
    larger.update(from: buffer, count: unread.upperBound)
    buffer.deallocate()
    buffer = larger
    capacity *= 2
  }
}
