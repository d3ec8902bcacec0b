import Relations

/// The changes of one line, taken apart and not yet read.
///
/// The fields of a line come in any order, and a transaction's header must be known before its first change is added: so a line is
/// scanned whole, and read from these slices afterwards. They take about as much memory as the line.
struct ChangeTokens {
  var changes: [ChangeToken] = []
  /// The values of all row images, one image after the other.
  var values: [ImageValue] = []
  /// Per column, the image in which it was seen last: a column is in an image once.
  private var seen: [UInt64] = []
  private var image: UInt64 = 0

  /// The first name that no column of its table has: no fault where the line is passed over, for the table may have had it then.
  private(set) var unknownColumn: Fault?

  private let changeFields = FieldSet<ChangeField>("a change")

  mutating func removeAll() {
    changes.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    unknownColumn = nil
  }
}

/// One change.
struct ChangeToken {
  var operation = Operation.truncate
  var table = TableDirectory.Found.unknown(0)
  /// Where it begins.
  var offset = 0
  var before: Range<Int>?
  var after: Range<Int>?
  var intent: JSONToken?
  var trigger: JSONToken?
  /// The part of the transaction that it was made in, where a format may roll back parts.
  var part: UInt32 = 0

  enum Operation { case insert, update, delete, truncate }
}

/// One value of a row image.
struct ImageValue: BitwiseCopyable {
  let token: JSONToken
  let column: UInt16
}

/// The fields of a change.
enum ChangeField: String, CaseIterable { case table, op, before, after, intent, trigger }

// MARK: - Scanning

extension ChangeTokens {
  /// Scans the array of changes, which comes next.
  mutating func scanChanges(
    _ scanner: inout JSONScanner, _ directory: inout TableDirectory, _ context: LineContext
  ) throws(Fault) {
    try scanner.open(UInt8(ascii: "["))
    if scanner.take(UInt8(ascii: "]")) { return }
    repeat { try scanChange(&scanner, &directory, context) } while try scanner.more(UInt8(ascii: "]"))
  }

  private mutating func scanChange(
    _ scanner: inout JSONScanner, _ directory: inout TableDirectory, _ context: LineContext
  ) throws(Fault) {
    _ = scanner.peek()
    var change = ChangeToken(offset: scanner.at)
    var hasTable = false
    var hasOperation = false
    // Images that come before their table are passed over and gone into at the end.
    var late: (before: JSONToken?, after: JSONToken?)
    try scanner.open(UInt8(ascii: "{"))
    if !scanner.take(UInt8(ascii: "}")) {
      repeat {
        let key = try scanner.key()
        let field = try changeFields.field(key, scanner.base)
        var isNew = true
        switch field {
        case .table:
          isNew = !hasTable
          hasTable = true
          change.table = try directory.find(try scanner.value(), scanner.base, context)
        case .op:
          isNew = !hasOperation
          hasOperation = true
          change.operation = try Self.operation(try scanner.value(), scanner.base)
        case .before:
          isNew = change.before == nil && late.before == nil
          if hasTable {
            change.before = try scanImage(&scanner, change.table, directory)
          } else {
            late.before = try scanner.value()
          }
        case .after:
          isNew = change.after == nil && late.after == nil
          if hasTable { change.after = try scanImage(&scanner, change.table, directory) } else { late.after = try scanner.value() }
        case .intent:
          isNew = change.intent == nil
          change.intent = try scanner.value()
        case .trigger:
          isNew = change.trigger == nil
          change.trigger = try scanner.value()
        }
        guard isNew else { throw twice(key, field.rawValue) }
      } while try scanner.more(UInt8(ascii: "}"))
    }
    guard hasTable else { throw missing("table", change.offset) }
    guard hasOperation else { throw missing("op", change.offset) }
    if let before = late.before { change.before = try scanImage(before, scanner.base, change.table, directory) }
    if let after = late.after { change.after = try scanImage(after, scanner.base, change.table, directory) }
    try check(change)
    changes.append(change)
  }

  private static func operation(_ token: JSONToken, _ base: UnsafePointer<UInt8>) throws(Fault) -> ChangeToken.Operation {
    if token.kind == .string {
      if token.isText("insert", base) { return .insert }
      if token.isText("update", base) { return .update }
      if token.isText("delete", base) { return .delete }
      if token.isText("truncate", base) { return .truncate }
    }
    throw token.wrongWord(base, "op", ["insert", "update", "delete", "truncate"])
  }

  /// Each operation has the images that it has.
  private func check(_ change: ChangeToken) throws(Fault) {
    let hasBefore = change.before != nil
    let hasAfter = change.after != nil
    switch change.operation {
    case .insert:
      if !hasAfter { throw missing("after", change.offset) }
      if hasBefore { throw excess("before", "insert", change.offset) }
    case .update:
      if !hasAfter { throw missing("after", change.offset) }
    case .delete:
      if !hasBefore { throw missing("before", change.offset) }
      if hasAfter { throw excess("after", "delete", change.offset) }
    case .truncate:
      if hasBefore { throw excess("before", "truncate", change.offset) }
      if hasAfter { throw excess("after", "truncate", change.offset) }
    }
  }

  private func missing(_ name: String, _ offset: Int) -> Fault {
    Fault(
      .missing, at: offset, "the change's \"\(name)\" is missing",
      advice: "a change has \"table\" and \"op\"; an insert and an update have \"after\", a delete has \"before\"")
  }

  private func excess(_ name: String, _ operation: String, _ offset: Int) -> Fault {
    Fault(.shape, at: offset, "a change with \"op\":\"\(operation)\" has no \"\(name)\"", advice: "leave it out, or say what it is")
  }
}

// MARK: - Images

extension ChangeTokens {
  /// A row image again, which was passed over before.
  private mutating func scanImage(
    _ token: JSONToken, _ base: UnsafePointer<UInt8>, _ table: TableDirectory.Found, _ directory: TableDirectory
  ) throws(Fault) -> Range<Int>? {
    var scanner = JSONScanner(again: token, base)
    return try scanImage(&scanner, table, directory)
  }

  /// A row image, which comes next; nil for a `null`.
  @inline(__always)
  mutating func scanImage(
    _ scanner: inout JSONScanner, _ table: TableDirectory.Found, _ directory: borrowing TableDirectory
  ) throws(Fault) -> Range<Int>? {
    guard scanner.take(UInt8(ascii: "{")) else {
      let token = try scanner.value()
      guard token.kind == .null else { throw token.wrong("before or after", "an object, with a field for each column") }
      return nil
    }
    let start = values.count
    if scanner.take(UInt8(ascii: "}")) { return start..<start }
    switch table {
    case .known(let index): try scanColumns(&scanner, directory.layouts[index])
    case .unknown:
      repeat {
        _ = try scanner.key()
        _ = try scanner.value()
      } while try scanner.more(UInt8(ascii: "}"))
    }
    return start..<values.count
  }

  @inline(__always)
  private mutating func scanColumns(_ scanner: inout JSONScanner, _ layout: TableLayout) throws(Fault) {
    while seen.count < layout.columns.count { seen.append(0) }
    image &+= 1
    var expected = 0
    repeat {
      let key = try scanner.key()
      guard let column = try self.column(key, scanner.base, layout, expected) else {
        if unknownColumn == nil { unknownColumn = layout.unknownColumn(key, scanner.base) }
        _ = try scanner.value()
        continue
      }
      guard seen[column] != image else { throw twice(key, layout.columnName(column)) }
      seen[column] = image
      values.append(ImageValue(token: try scanner.value(), column: UInt16(truncatingIfNeeded: column)))
      expected = column &+ 1
    } while try scanner.more(UInt8(ascii: "}"))
  }

  @inline(__always)
  private func column(
    _ key: JSONToken, _ base: UnsafePointer<UInt8>, _ layout: TableLayout, _ expected: Int
  ) throws(Fault) -> Int? {
    if !key.isEscaped { return layout.column(key.bytes(base), expected: expected) }
    let name = try key.text(base)
    return name.withUnsafeBufferPointer { layout.column($0, expected: expected) }
  }
}

extension JSONToken {
  /// A word that is none of those that may stand there.
  @inline(never)
  func wrongWord(_ base: UnsafePointer<UInt8>, _ name: String, _ words: [String]) -> Fault {
    guard kind == .string else { return wrong(name, "one of \(words.joined(separator: ", "))") }
    let word = String(decoding: bytes(base).prefix(100), as: UTF8.self)
    let advice =
      NearestName.of(word, among: words).map { "did you mean \"\($0)\"?" } ?? "write one of \(words.joined(separator: ", "))"
    return Fault(.unknownName, at: place, "\"\(name)\" is \"\(word)\"", advice: advice)
  }
}
