/// One row of CSV as `COPY … CSV` writes it, taken apart into fields.
///
/// A field is NULL if it is empty and not quoted. Quotes may begin and end anywhere in a field, as PostgreSQL has it; between them a
/// doubled quote is one, and commas and line ends are text.
struct CSVScanner {
  /// The fields' bytes, one after the other, quotes resolved; then what scanners want behind a text.
  private(set) var bytes: [UInt8] = []
  /// The fields; offsets are into `bytes`.
  private(set) var fields: [JSONToken] = []
  /// Where the fields begin in the row, for messages.
  private(set) var offsets: [Int] = []

  /// Whether a row that begins with these bytes goes on behind them: a quote is open.
  static func isOpen(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.reduce(false) { $0 != ($1 == UInt8(ascii: "\"")) }
  }

  mutating func scan(_ row: UnsafeBufferPointer<UInt8>) throws(Fault) {
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    // A carriage return in front of the line end is part of it. Within quotes it would not be the last byte.
    let end = row.last == 0x0D ? row.count - 1 : row.count
    var i = 0
    repeat { i = try scanField(row, i, end) } while i <= end
  }

  /// - Returns: where the next field begins; past `end` after the last one.
  private mutating func scanField(_ row: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) throws(Fault) -> Int {
    let begin = bytes.count
    var isQuoted = false
    var hasQuotes = false
    var i = start
    while i < end {
      let byte = row[i]
      if byte == UInt8(ascii: "\"") {
        if isQuoted, i + 1 < end, row[i + 1] == UInt8(ascii: "\"") {
          bytes.append(byte)
          i += 1
        } else {
          isQuoted.toggle()
          hasQuotes = true
        }
      } else if !isQuoted, byte == UInt8(ascii: ",") {
        break
      } else if !isQuoted, byte == 0x0D {
        throw Fault(
          .syntax, at: i, "a carriage return stands outside of quotes", advice: "quote the field, or end lines with \\n or \\r\\n")
      } else {
        bytes.append(byte)
      }
      i += 1
    }
    if isQuoted { throw Fault(.syntax, at: start, "the quote is not closed", advice: "end the field with a double quote") }
    fields.append(JSONToken(bytes.count == begin && !hasQuotes ? .null : .string, from: begin, to: bytes.count))
    offsets.append(start)
    return i + 1
  }
}
