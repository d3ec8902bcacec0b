import Relations

/// What captures of others ask of it.
extension ChangeSink {
  /// Takes a transaction that is whole. It is empty afterwards, unless it was refused or the text is still needed.
  mutating func commit(
    _ transaction: CapturedTransaction, _ header: Transaction.Header, _ form: PositionForm, at offset: Int, _ file: String,
    keepsText: Bool = false
  ) throws(Fault) -> DecodedLine {
    let context = transaction.context(file)
    try keep(form, at: offset)
    let decoded = try add(
      header, WriteContext(), branch: nil, transaction.changes, transaction.values, unknownColumn: transaction.unknownColumn,
      transaction.base, at: offset, context)
    if case .transaction = decoded, !transaction.unread.isEmpty { noteUnread(of: transaction, header.position, context) }
    if !keepsText { transaction.removeAll() }
    return decoded
  }

  private mutating func noteUnread(of transaction: CapturedTransaction, _ position: Position, _ context: LineContext) {
    if let after = options.after, position <= after { return }
    for value in transaction.unread { note(value.table, value.column, "\(value.reason)", context.place(value.offset)) }
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
