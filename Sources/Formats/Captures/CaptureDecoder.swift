import Relations

/// Reads somebody else's format, a line (or a message) at a time, and hands whole transactions on.
protocol CaptureDecoder {
  /// Takes a line that is not blank, or one within a row.
  ///
  /// - Returns: the transaction that ended with it, if one did.
  mutating func decode(_ line: Line, _ file: String, _ sink: inout ChangeSink) throws(FormatError) -> DecodedLine?

  /// The file ends here.
  mutating func finish(_ file: String, _ sink: inout ChangeSink) throws(FormatError) -> [DecodedLine]

  /// What whoever reads the changes should know: what was assumed, left out, passed over.
  var notes: [String] { get }

  /// Whether the next message is in a block of a transaction in progress: then it says which. For messages that are bytes.
  var isStreaming: Bool { get }

  /// Whether a row goes on in the next line, even if that is blank.
  var isInRow: Bool { get }
}

extension CaptureDecoder {
  var isStreaming: Bool { false }
  var isInRow: Bool { false }
}

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

extension ChangeSink {
  /// The table of names that stand in strings; without a schema the search path finds it.
  mutating func find(
    _ schema: JSONToken?, _ table: JSONToken, in transaction: CapturedTransaction, _ file: String
  ) throws(Fault) -> TableDirectory.Found {
    guard table.kind == .string, schema?.kind ?? .string == .string else { throw table.wrong("table", "the table's name") }
    let context = transaction.context(file)
    if !table.isEscaped, schema?.isEscaped != true {
      let namespace = schema?.bytes(transaction.base)
      return directory.find(namespace: namespace, name: table.bytes(transaction.base), at: table.place, context)
    }
    let namespace = try schema?.text(transaction.base)
    let name = try table.text(transaction.base)
    return name.withUnsafeBufferPointer { name in
      guard let namespace else { return directory.find(namespace: nil, name: name, at: table.place, context) }
      return namespace.withUnsafeBufferPointer { directory.find(namespace: $0, name: name, at: table.place, context) }
    }
  }
}

extension JSONScanner {
  /// The elements of an array, which comes next; none for `null`.
  mutating func tokens(to tokens: inout [JSONToken]) throws(Fault) {
    tokens.removeAll(keepingCapacity: true)
    guard take(UInt8(ascii: "[")) else {
      let token = try value()
      guard token.kind == .null else { throw token.wrong("it", "an array") }
      return
    }
    if take(UInt8(ascii: "]")) { return }
    repeat { tokens.append(try value()) } while try more(UInt8(ascii: "]"))
  }

  /// Goes over the fields of an object, which comes next. The body passes each value.
  @inline(__always)
  mutating func fields(_ body: (JSONToken, inout JSONScanner) throws(Fault) -> Void) throws(Fault) {
    try open(UInt8(ascii: "{"))
    if take(UInt8(ascii: "}")) { return }
    repeat {
      let key = try key()
      try body(key, &self)
    } while try more(UInt8(ascii: "}"))
  }
}

/// Where a transaction that has no end was begun, as a note.
func unfinished(_ place: FormatError.Place) -> String {
  "\(place): the transaction that begins here has no end in the file: it does not count, and the log ends before it"
}
