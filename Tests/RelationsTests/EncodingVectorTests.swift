import Glibc
import Testing

@testable import Relations

/// The vectors in `Specs/encodings.md`, read out of the page, so that page and code cannot part.
@Suite struct EncodingVectorTests {
  private let key = FingerprintKey(0..<16)

  @Test func `rows are encoded as specified`() throws {
    for vector in try vectors("row-vectors", atLeast: 40) {
      let (types, row) = try parse(vector)
      let encoding = RowEncoding(types.map(\.type))
      #expect(hex(encoding.encode(row)) == vector[2], "\(vector)")
      #expect(hex(Array(Batch(encoding.types, rows: [row]).encoded()[0])) == vector[2], "\(vector)")
      #expect(isIdentical(try encoding.decode(bytes(vector[2])), row), "\(vector)")
    }
  }

  @Test func `keys are encoded as specified`() throws {
    for vector in try vectors("key-vectors", atLeast: 40) {
      let (types, row) = try parse(vector)
      let encoding = KeyEncoding(types.map(\.type), orders: types.map(\.order))
      #expect(hex(encoding.encode(row)) == vector[2], "\(vector)")
      #expect(hex(Array(Batch(encoding.types, rows: [row]).keys(orders: encoding.orders)[0])) == vector[2], "\(vector)")
      if types.contains(where: \.type.id.isComposed) { continue }
      #expect(compare(try encoding.decode(bytes(vector[2])), row, encoding.types, encoding.orders) == 0, "\(vector)")
    }
  }

  @Test func `messages are hashed as by the reference implementation`() throws {
    for vector in try vectors("siphash-vectors", atLeast: 10) {
      let message = vector[0] == "empty" ? [] : try bytes(vector[0])
      let hash = key.fingerprint(of: message)
      #expect(hex(hash.low.littleEndianBytes + hash.high.littleEndianBytes) == vector[1], "\(vector)")
    }
  }

  @Test func `fingerprints add up as specified`() throws {
    for vector in try vectors("fingerprint-vectors", atLeast: 4) {
      let rows = try vector[1].split(separator: "; ").map { term in
        let parts = term.dropLast().split(separator: " × (", maxSplits: 1, omittingEmptySubsequences: false)
        return (weight: try #require(Int64(parts[0])), row: try parse([vector[0], String(parts[1])]))
      }
      let batch = Batch(rows[0].row.types.map(\.type), rows: rows.map(\.row.row))
      var cell = Fingerprint.zero
      batch.addFingerprints(weights: rows.map(\.weight), key: key, to: &cell)
      #expect(hex((cell.low.littleEndianBytes + cell.high.littleEndianBytes).reversed()) == vector[2], "\(vector)")
    }
  }
}

// MARK: - Reading the page

private struct BadVector: Error { let text: String }

/// The lines of a fenced block, split at the bars.
private func vectors(_ name: String, atLeast count: Int) throws -> [[String]] {
  let lines = try page().split(separator: "\n", omittingEmptySubsequences: false)
  let start = try #require(lines.firstIndex(of: "```\(name)"), "the page has a block of \(name)")
  let vectors = lines[(start + 1)...].prefix { $0 != "```" }.map { line in
    line.split(separator: "|", omittingEmptySubsequences: false).map { String($0.trimmingBlanks) }
  }
  #expect(vectors.count >= count)
  return vectors
}

private func page(_ file: String = #filePath) throws -> String {
  let path = file.split(separator: "/").dropLast(3).joined(separator: "/")
  let stream = try #require(fopen("/\(path)/Specs/encodings.md", "r"))
  defer { fclose(stream) }
  var text = [UInt8](repeating: 0, count: 1 << 20)
  return String(decoding: text[..<fread(&text, 1, text.count, stream)], as: UTF8.self)
}

private func parse(_ vector: [String]) throws -> (types: [(type: SQLType, order: KeyOrder)], row: [Value]) {
  let types = try vector[0].split(separator: ", ").map { try parseType($0) }
  let values = vector[1].split(separator: ", ")
  guard types.count == values.count else { throw BadVector(text: vector[1]) }
  return (types, try zip(types, values).map { try parseValue($1, $0.type) })
}

private func parseType(_ text: Substring) throws -> (type: SQLType, order: KeyOrder) {
  let words = text.split(separator: " ")
  let order = KeyOrder(isDescending: words.contains("desc"), nullsFirst: text.hasSuffix("nulls first"))
  if words[0] == "char(3)" { return (.bpchar(3), order) }
  if ["bytea", "int4[]", "jsonb"].contains(words[0]) { return (try SQLType(parsing: String(words[0])), order) }
  guard let type = ValueCases.types.first(where: { $0.id.testName == words[0] }) else { throw BadVector(text: String(text)) }
  return (type, order)
}

private func parseValue(_ text: Substring, _ type: SQLType) throws -> Value {
  if text == "NULL" { return .null }
  guard type.id.layout == .bytes else { return try Value(parsing: String(text), as: type, style: TextStyle()) }
  guard text.count >= 2, text.hasPrefix("'"), text.hasSuffix("'") else { throw BadVector(text: String(text)) }
  let pieces = text.dropFirst().dropLast().split(separator: "\\x", omittingEmptySubsequences: false)
  return .bytes(
    Array(pieces[0].utf8) + (try pieces.dropFirst().flatMap { try bytes(String($0.prefix(2))) + Array($0.dropFirst(2).utf8) }))
}

private func bytes(_ hex: String) throws -> [UInt8] {
  let digits = Array(hex)
  return try stride(from: 0, to: digits.count, by: 2).map {
    guard $0 + 1 < digits.count, let byte = UInt8(String(digits[$0...$0 + 1]), radix: 16) else { throw BadVector(text: hex) }
    return byte
  }
}

private func hex(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

extension UInt64 {
  fileprivate var littleEndianBytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (8 * UInt64($0))) } }
}

extension Substring {
  fileprivate var trimmingBlanks: Substring {
    var text = drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}
