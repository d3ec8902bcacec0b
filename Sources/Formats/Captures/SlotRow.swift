import Relations

/// A row of `pg_logical_slot_get_changes`, as psql prints or copies it: position, transaction, and what the plugin says. A file that
/// `pg_recvlogical` wrote has the last of them alone.
struct SlotRow {
  /// Where the server stood: at a commit its end.
  var position: Position?
  /// What the plugin says, in the transaction's text.
  var data: Range<Int>
  /// Whether the row was copied, so that line ends in it are escaped.
  private(set) var isCopied = false

  /// - Parameter line: a line that was added.
  init(_ line: Range<Int>, in transaction: CapturedTransaction) {
    data = line
    guard let (position, start, isCopied) = Self.head(transaction.bytes(line)) else { return }
    self.position = position
    self.isCopied = isCopied
    data = line.lowerBound + start..<line.upperBound
    if isCopied, transaction.bytes(data).contains(UInt8(ascii: "\\")) {
      data = data.lowerBound..<transaction.unescapeCopy(data)
    }
  }

  /// What stands in front of the plugin's words: `0/16B3748|693|`, or with tabs if it was copied.
  static func head(_ line: UnsafeBufferPointer<UInt8>) -> (position: Position, start: Int, isCopied: Bool)? {
    var i = 0
    guard let high = number(line, &i, radix: 16), i < line.count, line[i] == UInt8(ascii: "/") else { return nil }
    i += 1
    guard let low = number(line, &i, radix: 16), i < line.count else { return nil }
    let separator = line[i]
    guard separator == 0x09 || separator == UInt8(ascii: "|") else { return nil }
    i += 1
    guard number(line, &i, radix: 10) != nil, i < line.count, line[i] == separator else { return nil }
    return (Position(high << 32 | low), i + 1, separator == 0x09)
  }

  /// One to ten digits.
  private static func number(_ line: UnsafeBufferPointer<UInt8>, _ i: inout Int, radix: UInt64) -> UInt64? {
    let start = i
    var number: UInt64 = 0
    while i < line.count, i - start < 10, let digit = JSONText.hexadecimal(line[i]), digit < radix {
      number = number * radix + UInt64(digit)
      i += 1
    }
    return i > start && number <= UInt64(UInt32.max) ? number : nil
  }
}
