import Relations

/// The bytes of one message of the `pgoutput` plugin, from left to right: numbers most significant byte first, names that end with zero.
struct PgOutputMessage {
  let bytes: UnsafeBufferPointer<UInt8>
  private(set) var at = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// There are fewer bytes than there should be.
  struct TooShort: Error {}

  var isAtEnd: Bool { at == bytes.count }

  mutating func byte() throws(TooShort) -> UInt8 {
    guard at < bytes.count else { throw TooShort() }
    at += 1
    return bytes[at - 1]
  }

  mutating func int16() throws(TooShort) -> Int { Int(try number(2)) }
  mutating func int32() throws(TooShort) -> UInt32 { UInt32(truncatingIfNeeded: try number(4)) }
  mutating func int64() throws(TooShort) -> UInt64 { try number(8) }

  private mutating func number(_ count: Int) throws(TooShort) -> UInt64 {
    guard bytes.count - at >= count else { throw TooShort() }
    var number: UInt64 = 0
    for i in at..<at + count { number = number << 8 | UInt64(bytes[i]) }
    at += count
    return number
  }

  /// So many bytes.
  mutating func slice(_ count: Int) throws(TooShort) -> Range<Int> {
    guard count >= 0, bytes.count - at >= count else { throw TooShort() }
    at += count
    return at - count..<at
  }

  /// A name, without its zero.
  mutating func name() throws(TooShort) -> Range<Int> {
    let start = at
    while try byte() != 0 {}
    return start..<at - 1
  }
}

// MARK: - How long a message is

extension PgOutputMessage {
  /// What is known of the length of a message, which has none of its own.
  enum Length {
    case known(Int)
    /// It goes on behind the bytes.
    case longer
    /// No message begins like this.
    case noMessage
  }

  /// How many bytes the message has that comes first.
  ///
  /// - Parameters:
  ///   - isStreaming: whether it is between the start and the stop of a block of a transaction in progress.
  ///   - isEnd: whether there are no further bytes.
  static func length(_ bytes: UnsafeBufferPointer<UInt8>, isStreaming: Bool, isEnd: Bool) -> Length {
    var message = PgOutputMessage(bytes)
    do throws(Either) {
      return try message.skip(isStreaming: isStreaming, isEnd: isEnd) ? .known(message.at) : .longer
    } catch {
      return error == .tooShort ? .longer : .noMessage
    }
  }

  private enum Either: Error { case tooShort, noMessage }

  private mutating func tried<R>(_ read: (inout PgOutputMessage) throws(TooShort) -> R) throws(Either) -> R {
    do throws(TooShort) { return try read(&self) } catch { throw .tooShort }
  }

  /// - Returns: false if it is not known whether the message goes on.
  private mutating func skip(isStreaming: Bool, isEnd: Bool) throws(Either) -> Bool {
    let type = try tried { m throws(TooShort) in try m.byte() }
    if isStreaming, "RYIUDTM".utf8.contains(type) { _ = try tried { m throws(TooShort) in try m.int32() } }
    switch type {
    case UInt8(ascii: "B"): try pass(20)
    case UInt8(ascii: "C"): try pass(25)
    case UInt8(ascii: "O"):
      try pass(8)
      try passName()
    case UInt8(ascii: "M"):
      try pass(9)
      try passName()
      try pass(Int(try tried { m throws(TooShort) in try m.int32() }))
    case UInt8(ascii: "R"): try passRelation()
    case UInt8(ascii: "Y"):
      try pass(4)
      try passName()
      try passName()
    case UInt8(ascii: "I"), UInt8(ascii: "U"), UInt8(ascii: "D"): try passRows(type)
    case UInt8(ascii: "T"):
      let count = try tried { m throws(TooShort) in try m.int32() }
      try pass(1 + Int(count) * 4)
    case UInt8(ascii: "S"): try pass(5)
    case UInt8(ascii: "E"): break
    case UInt8(ascii: "c"): try pass(29)
    case UInt8(ascii: "A"): return try passAbort(isEnd: isEnd)
    case UInt8(ascii: "b"):
      try pass(28)
      try passName()
    case UInt8(ascii: "P"), UInt8(ascii: "K"), UInt8(ascii: "p"):
      try pass(29)
      try passName()
    case UInt8(ascii: "r"):
      try pass(37)
      try passName()
    default: throw .noMessage
    }
    return true
  }

  private mutating func pass(_ count: Int) throws(Either) {
    _ = try tried { m throws(TooShort) in try m.slice(count) }
  }

  private mutating func passName() throws(Either) {
    _ = try tried { m throws(TooShort) in try m.name() }
  }

  private mutating func passRelation() throws(Either) {
    try pass(4)
    try passName()
    try passName()
    try pass(1)
    let count = try tried { m throws(TooShort) in try m.int16() }
    for _ in 0..<count {
      try pass(1)
      try passName()
      try pass(8)
    }
  }

  private mutating func passRows(_ type: UInt8) throws(Either) {
    try pass(4)
    let kind = try tried { m throws(TooShort) in try m.byte() }
    guard "KON".utf8.contains(kind) else { throw .noMessage }
    try passRow()
    guard type == UInt8(ascii: "U"), kind != UInt8(ascii: "N") else { return }
    guard try tried({ m throws(TooShort) in try m.byte() }) == UInt8(ascii: "N") else { throw .noMessage }
    try passRow()
  }

  private mutating func passRow() throws(Either) {
    let count = try tried { m throws(TooShort) in try m.int16() }
    for _ in 0..<count {
      switch try tried({ m throws(TooShort) in try m.byte() }) {
      case UInt8(ascii: "n"), UInt8(ascii: "u"): break
      case UInt8(ascii: "t"), UInt8(ascii: "b"): try pass(Int(try tried { m throws(TooShort) in try m.int32() }))
      default: throw .noMessage
      }
    }
  }

  /// Protocol 4 may say position and time of an abort, 16 bytes. The first of them is zero (or the log would be very long), which
  /// begins no message and is no line end.
  private mutating func passAbort(isEnd: Bool) throws(Either) -> Bool {
    try pass(8)
    guard at < bytes.count else { return isEnd }
    if bytes[at] == 0 { try pass(16) }
    return true
  }
}
