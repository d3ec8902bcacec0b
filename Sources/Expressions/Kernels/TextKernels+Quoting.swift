import Relations

/// `quote_ident`, `quote_literal` and `quote_nullable`.
extension TextKernels {
  static let quoting: [(String, Kernel)] = [
    ("quote_ident", Kernel { a in a.withText(0) { texts in a.write { row, writer in writer.append(identifier: texts[row]) } } }),
    ("quote_literal", Kernel { a in a.withText(0) { texts in a.write { row, writer in writer.append(quoted: texts[row]) } } }),
    (
      "quote_nullable",
      Kernel { a in
        let nulls = a.operands[0].nulls
        return a.withText(0) { texts in
          a.write { row, writer in
            if nulls?[row] == true { writer.append("NULL") } else { writer.append(quoted: texts[row]) }
          }
        }
      }
    ),
  ]

  /// What cannot stand as a name without quotes.
  fileprivate static let keywords: Set<[UInt8]> = {
    let text = UnsafeBufferPointer(start: reserved.utf8Start, count: reserved.utf8CodeUnitCount)
    return Set(text.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map { Array($0) })
  }()

  /// PostgreSQL 15's keywords but those that it calls unreserved.
  private static let reserved: StaticString = """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char
    character check coalesce collate collation column concurrently constraint create cross current_catalog current_date
    current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do
    else end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having
    ilike in initially inner inout int integer intersect interval into is isnull join lateral leading least left like limit
    localtime localtimestamp national natural nchar none normalize not notnull null nullif numeric offset on only or order
    out outer overlaps overlay placing position precision primary real references returning right row select session_user
    setof similar smallint some substring symmetric table tablesample then time timestamp to trailing treat trim true union
    unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists
    xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
    """
}

extension TextWriter {
  fileprivate mutating func append(identifier name: UnsafeBufferPointer<UInt8>) {
    if name.isPlainIdentifier { return append(name) }
    append(UInt8(ascii: "\""))
    append(name, doubling: UInt8(ascii: "\""), and: UInt8(ascii: "\""))
    append(UInt8(ascii: "\""))
  }

  /// Backslashes are doubled too, and announced by an `E`.
  fileprivate mutating func append(quoted text: UnsafeBufferPointer<UInt8>) {
    if text.contains(UInt8(ascii: "\\")) { append(UInt8(ascii: "E")) }
    append(UInt8(ascii: "'"))
    append(text, doubling: UInt8(ascii: "'"), and: UInt8(ascii: "\\"))
    append(UInt8(ascii: "'"))
  }

  private mutating func append(_ text: UnsafeBufferPointer<UInt8>, doubling one: UInt8, and other: UInt8) {
    for byte in text {
      if byte == one || byte == other { append(byte) }
      append(byte)
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate var isPlainIdentifier: Bool {
    guard let first, !isDigit(first), allSatisfy({ isDigit($0) || $0 &- UInt8(ascii: "a") < 26 || $0 == UInt8(ascii: "_") }) else {
      return false
    }
    return !TextKernels.keywords.contains(Array(self))
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
