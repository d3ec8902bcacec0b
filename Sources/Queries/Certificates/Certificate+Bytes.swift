import Relations

/// A certificate as bytes, as `Specs/certificates.md` has it: numbers and rows in the row encoding, and nothing else.
extension Certificate {
  static let version: Int64 = 1

  public var bytes: [UInt8] {
    var writer = CertificateWriter()
    writer.write(Self.version)
    writer.write(Int64(bitPattern: question))
    writer.write(clock.map { [$0] } ?? []) { $0.write($1) }
    writer.write(parts) { writer, part in
      writer.write(part.place) { $0.write(Int64($1)) }
      writer.write(Int64(part.form.rawValue))
      writer.write(part.tables) { $0.write($1) }
    }
    return writer.bytes
  }

  public init(bytes: some Collection<UInt8>) throws(CertificateError) {
    var reader = CertificateReader(Array(bytes))
    let version = try reader.number()
    guard version == Self.version else { throw .version(version) }
    question = UInt64(bitPattern: try reader.number())
    let clocks = try reader.list { reader throws(CertificateError) in try reader.number() }
    guard clocks.count < 2 else { throw .malformed }
    clock = clocks.first
    parts = try reader.list { reader throws(CertificateError) in
      let place = try reader.list { reader throws(CertificateError) in try reader.number(UInt8.self) }
      guard let form = Form(rawValue: try reader.number(UInt8.self)) else { throw .malformed }
      return Part(place, form, try reader.list { reader throws(CertificateError) in try reader.table() })
    }
    guard reader.isAtEnd else { throw .malformed }
  }
}

/// Why bytes are no certificate.
public enum CertificateError: Error, Hashable, Sendable {
  /// It was written by another version of this program; make it anew.
  case version(Int64)
  /// The bytes are not those of a certificate, or not all of them.
  case malformed
}

private struct CertificateWriter {
  private(set) var bytes: [UInt8] = []
  private static let numbers = RowEncoding([.int8])

  mutating func write(_ number: Int64) { bytes += Self.numbers.encode([.integer(number)]) }

  mutating func write<Element>(_ list: [Element], _ write: (inout CertificateWriter, Element) -> Void) {
    self.write(Int64(list.count))
    for element in list { write(&self, element) }
  }

  /// The types, how long each row is, and the rows.
  mutating func write(_ table: Batch) {
    write(table.types) { writer, type in
      writer.write(Int64(type.id.oid))
      writer.write(Int64(type.modifier))
    }
    let rows = table.encoded()
    write((0..<rows.count).map { rows.range(of: $0).count }) { $0.write(Int64($1)) }
    rows.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}

/// Trusts nothing: what no writer writes is refused, and no count reserves memory that there are no bytes for.
private struct CertificateReader {
  private let bytes: [UInt8]
  private var next = 0
  private static let numbers = RowEncoding([.int8])

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { next == bytes.count }

  private mutating func take(_ count: Int) throws(CertificateError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - next else { throw .malformed }
    next += count
    return bytes[next - count..<next]
  }

  mutating func number() throws(CertificateError) -> Int64 {
    guard next < bytes.count else { throw .malformed }
    // The zeros at the low end of the first byte tell how long a field is.
    let field = try take(bytes[next] == 0 ? 9 : bytes[next].trailingZeroBitCount + 1)
    guard case .integer(let number)? = try? Self.numbers.decode(field)[0] else { throw .malformed }
    return number
  }

  mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(CertificateError) -> Number {
    guard let number = Number(exactly: try number()) else { throw .malformed }
    return number
  }

  mutating func list<Element>(
    _ read: (inout CertificateReader) throws(CertificateError) -> Element
  ) throws(CertificateError) -> [Element] {
    let count = try number(Int.self)
    // Whatever an element is, it has a byte.
    guard 0...(bytes.count - next) ~= count else { throw .malformed }
    var list: [Element] = []
    list.reserveCapacity(count)
    for _ in 0..<count { list.append(try read(&self)) }
    return list
  }

  mutating func table() throws(CertificateError) -> Batch {
    let types = try list { reader throws(CertificateError) in
      SQLType(TypeID(try reader.number(UInt32.self)), modifier: try reader.number(Int32.self))
    }
    let lengths = try list { reader throws(CertificateError) in try reader.number(Int.self) }
    var (ends, end) = ([Int](), 0)
    for length in lengths {
      guard 0...(bytes.count - next - end) ~= length else { throw .malformed }
      end += length
      ends.append(end)
    }
    let rows = EncodedRows(Array(try take(end)), ends: ends)
    guard bytes.count < UInt32.max else { throw .malformed }
    do { return try RowEncoding(types).decode(rows) } catch { throw .malformed }
  }
}
