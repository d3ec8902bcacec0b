import Relations

/// One change as wal2json tells it, in either version: names and values side by side.
///
/// What wal2json leaves out, and what is made of it:
/// - NaN and infinities are written as `null`. So a `null` in a column of floating or decimal numbers is not known, unless somebody
///   promises that there are none.
/// - NULLs are left out of old rows. Where the old row is a whole row (replica identity full), they are NULL again.
/// - An unchanged TOAST value is left out, which is what an absent column means.
/// - `bytea` is written without its `\x`.
struct Wal2JSONChange {
  var kind: ChangeToken.Operation?
  var schema: JSONToken?
  var table: JSONToken?
  var names: [JSONToken] = []
  var values: [JSONToken] = []
  var keyNames: [JSONToken] = []
  var keyValues: [JSONToken] = []
  var hasKey = false
  private let numbersAreFinite: Bool

  /// Whether some `null` was not known.
  private(set) var hasAmbiguousNull = false

  init(_ options: ChangeLogOptions) { numbersAreFinite = options.numbersAreFinite }

  mutating func removeAll() {
    kind = nil
    schema = nil
    table = nil
    hasKey = false
    names.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    keyNames.removeAll(keepingCapacity: true)
    keyValues.removeAll(keepingCapacity: true)
  }
}

extension Wal2JSONChange {
  /// Adds the change to its transaction.
  mutating func add(
    to transaction: CapturedTransaction, _ sink: inout ChangeSink, at offset: Int, _ file: String
  ) throws(Fault) {
    guard let kind else { return }
    guard let table else {
      throw Fault(.missing, at: offset, "the change does not name its table", advice: "wal2json writes \"table\" with each")
    }
    var change = ChangeToken(operation: kind, offset: offset)
    change.table = try sink.find(schema, table, in: transaction, file)
    guard case .known(let index) = change.table else { return transaction.append(change) }
    let layout = sink.directory.layouts[index]
    if kind == .insert || kind == .update { change.after = try image(names, values, layout, index, transaction, offset, &change) }
    if hasKey, kind == .update || kind == .delete {
      let image = try image(keyNames, keyValues, layout, index, transaction, offset, &change)
      change.before = transaction.completedIdentity(image, layout)
    }
    if kind == .delete, change.before == nil { change.before = transaction.beginImage(layout)..<transaction.values.count }
    if kind == .update, let after = change.after { removeUnread(after, &change, transaction) }
    transaction.append(change)
  }

  private mutating func image(
    _ names: [JSONToken], _ values: [JSONToken], _ layout: TableLayout, _ table: Int, _ transaction: CapturedTransaction,
    _ offset: Int, _ change: inout ChangeToken
  ) throws(Fault) -> Range<Int> {
    guard names.count == values.count else {
      throw Fault(
        .shape, at: offset, "the change has \(names.count) names of columns and \(values.count) values",
        advice: "it was damaged: capture it again")
    }
    let start = transaction.beginImage(layout)
    var expected = 0
    for (name, value) in zip(names, values) {
      guard name.kind == .string else { throw name.wrong("a column's name", "a string") }
      guard let column = try transaction.column(name, layout, &expected) else { continue }
      let reader = layout.columns[column]
      switch (value.kind, reader.form) {
      case (.null, .float4) where !numbersAreFinite, (.null, .float8) where !numbersAreFinite,
        (.null, .numeric) where !numbersAreFinite:
        hasAmbiguousNull = true
        transaction.appendUnread(
          column, of: table, "null stands for NULL, NaN and infinity alike in wal2json", at: value.place)
      case (.string, .bytea) where !reader.isDeclared:
        transaction.append(try transaction.add(text: Array("\\x".utf8) + value.bytes(transaction.base), for: value.place), column)
      default: transaction.append(value, column)
      }
    }
    return start..<transaction.values.count
  }

  /// Takes what is not known of the new row out of the old one.
  private func removeUnread(_ after: Range<Int>, _ change: inout ChangeToken, _ transaction: CapturedTransaction) {
    guard change.before != nil else { return }
    for value in transaction.unread.reversed() {
      guard value.offset >= change.offset else { break }
      change.before = transaction.remove(value.column, from: change.before)
    }
  }
}
