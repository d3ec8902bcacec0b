import Relations

/// Takes apart what `ByteWriter` put together. Nothing that it reads is trusted: every read says if the bytes end too soon.
struct ByteReader {
  private let bytes: ArraySlice<UInt8>
  private(set) var next: Int

  /// Why the bytes are not what was written.
  struct Failure: Error {
    let why: String
    init(_ why: String) { self.why = why }
  }

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    next = bytes.startIndex
  }

  var isAtEnd: Bool { next == bytes.endIndex }

  mutating func byte() throws(Failure) -> UInt8 {
    guard next < bytes.endIndex else { throw Failure("it ends too soon") }
    next += 1
    return bytes[next - 1]
  }

  mutating func number() throws(Failure) -> UInt64 {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      let byte = try byte()
      number |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 {
        guard shift < 63 || byte < 2 else { break }
        return number
      }
    }
    throw Failure("a number is too large")
  }

  mutating func int() throws(Failure) -> Int {
    guard let int = Int(exactly: try number()) else { throw Failure("a number is too large") }
    return int
  }

  /// How many of something follow, each of which takes a byte at least: so that a damaged count reserves no memory.
  mutating func count() throws(Failure) -> Int {
    let count = try int()
    guard count <= bytes.endIndex - next else { throw Failure("it says \(count) where \(bytes.endIndex - next) bytes are left") }
    return count
  }

  mutating func signed() throws(Failure) -> Int64 {
    let number = try number()
    return Int64(bitPattern: number >> 1) ^ (0 &- Int64(bitPattern: number & 1))
  }

  mutating func raw(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.endIndex - next else { throw Failure("it ends too soon") }
    next += count
    return bytes[next - count..<next]
  }

  mutating func array() throws(Failure) -> [UInt8] { Array(try raw(try count())) }

  mutating func string() throws(Failure) -> String {
    guard let text = String(validating: try array(), as: UTF8.self) else { throw Failure("a text is not UTF-8") }
    return text
  }

  mutating func position() throws(Failure) -> Position { Position(try number()) }

  mutating func optional<Value>(
    _ read: (inout ByteReader) throws(Failure) -> Value
  ) throws(Failure) -> Value? {
    switch try byte() {
    case 0: nil
    case 1: try read(&self)
    default: throw Failure("what is neither there nor missing")
    }
  }

  mutating func list<Element>(
    _ read: (inout ByteReader) throws(Failure) -> Element
  ) throws(Failure) -> [Element] {
    let count = try count()
    var list: [Element] = []
    list.reserveCapacity(count)
    for _ in 0..<count { list.append(try read(&self)) }
    return list
  }

  func finish() throws(Failure) {
    guard isAtEnd else { throw Failure("\(bytes.endIndex - next) bytes too many") }
  }
}
