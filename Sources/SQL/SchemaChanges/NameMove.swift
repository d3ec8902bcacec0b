import Relations

/// A table, or a column of one, whatever it is called.
public struct NamedThing: Hashable, Sendable {
  public let table: TableID
  public let column: ColumnID?

  public init(_ table: TableID, _ column: ColumnID? = nil) {
    self.table = table
    self.column = column
  }
}

/// A thing that got another name.
public struct NameMove: Hashable, Sendable {
  public let thing: NamedThing
  /// Of a table, in the namespace in which it is, if no other one is named.
  public let name: Identifier
  public let namespace: Identifier?

  public init(_ thing: NamedThing, to name: Identifier, in namespace: Identifier? = nil) {
    self.thing = thing
    self.name = name
    self.namespace = namespace
  }
}

extension Identifier {
  /// A name that nobody gives to anything: for what is there no more.
  static func unused(_ number: UInt32) -> Identifier { Identifier("\u{1}\(number)") }
}

extension Schema {
  /// Gives a thing its name. What other things say of it by its old name, the queries of views among them, they go on saying:
  /// see `dropViews`.
  ///
  /// - Returns: whether it has it now: not if something else has it.
  @discardableResult
  public mutating func apply(_ move: NameMove) -> Bool {
    guard let table = self[move.thing.table] else { return false }
    if let column = move.thing.column {
      guard table.column(move.name) == nil, let place = table.index(of: column) else { return false }
      var columns = table.columns
      columns[place].name = move.name
      update(table.id) { $0.replaceColumns(columns) }
      return true
    }
    let name = QualifiedName(move.namespace ?? table.name.namespace, move.name)
    guard self.table(name) == nil, sequence(name) == nil else { return false }
    addNamespace(name.namespace!)
    rename(table.id, to: name)
    return true
  }

  /// The thing that has the name that another one is to get.
  public func holder(of move: NameMove) -> NamedThing? {
    guard let table = self[move.thing.table] else { return nil }
    if move.thing.column != nil { return table.column(move.name).map { NamedThing(table.id, $0.id) } }
    return self.table(QualifiedName(move.namespace ?? table.name.namespace, move.name)).map { NamedThing($0.id) }
  }
}

extension Schema {
  /// Forgets the views whose queries may name things by names that these have no more: whoever asks through one of them is in doubt.
  ///
  /// - Parameter before: the schema before these things moved.
  public mutating func dropViews(naming moves: [NameMove], before: Schema) {
    let old = Set(moves.compactMap { before.name(of: $0.thing) })
    for view in allTables where view.kind == .view {
      if let query = view.query, old.contains(where: { query.contains($0.text) }) { drop(view.id) }
    }
  }

  private func name(of thing: NamedThing) -> Identifier? {
    guard let table = self[thing.table] else { return nil }
    guard let column = thing.column else { return table.name.name }
    return table.index(of: column).map { table.columns[$0].name }
  }
}
