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
