import Expressions
import Relations

/// The columns that names can mean in one `FROM`.
struct Scope {
  /// In the order of `*`: a column that a join merged is there once. Names without a table are looked for here.
  var columns: [Column] = []
  /// What names with a table are looked for in.
  var relations: [Relation] = []
  /// Tables whose rows a primary key tells apart: where they lie, and where their keys do.
  var keyed: [Keyed] = []
  /// Whether there is a `FROM` at all.
  var isThere = true
  /// Whether one of its relations is the recursive query that it is part of.
  var isRecursive = false

  struct Column {
    let name: Identifier
    /// Over the columns of the plan: one of them, or what a join made of two.
    let expression: Expression
  }

  struct Relation {
    let name: Identifier
    /// Of a table without an alias, so that `public.orders.id` finds it.
    var table: (id: TableID, namespace: Identifier)?
    /// Whether it has system columns.
    var hasSystemColumns = false
    let columns: [Column]
    /// Of a function that returns a scalar, its column: so the relation's name means it where a whole row would be a value.
    var scalar: Column?
    /// The columns of a whole row, where the relation's name means one and no row is missing; nil where we cannot say.
    var row: [Column]?

    /// As it is where a partner may be missing: its row is then null, which is not a row of nulls.
    var withoutRow: Relation {
      var relation = self
      relation.row = nil
      return relation
    }
  }

  struct Keyed {
    let columns: Range<Int>
    let key: [Int]
    /// PostgreSQL takes the key of a table for that of the tables that inherit from it, too, where it says nothing.
    var isSound = true
  }

  static let none = Scope(isThere: false)
}

extension Scope {
  func columns(named name: Identifier) -> [Column] { columns.filter { $0.name == name } }

  /// The relations that a qualifier means.
  func relations(_ name: Identifier, namespace: Identifier?) -> [Relation] {
    relations.filter { $0.name == name && (namespace == nil || $0.table?.namespace == namespace) }
  }

  /// The scope of a plan of which this one's columns are not the first.
  func shifted(by distance: Int) -> Scope {
    if distance == 0 { return self }
    return Scope(
      columns: columns.map { $0.shifted(by: distance) },
      relations: relations.map { relation in
        Relation(
          name: relation.name, table: relation.table, hasSystemColumns: relation.hasSystemColumns,
          columns: relation.columns.map { $0.shifted(by: distance) }, scalar: relation.scalar?.shifted(by: distance),
          row: relation.row?.map { $0.shifted(by: distance) })
      },
      keyed: keyed.map {
        Keyed(
          columns: $0.columns.lowerBound + distance..<$0.columns.upperBound + distance, key: $0.key.map { $0 + distance },
          isSound: $0.isSound)
      }, isThere: isThere, isRecursive: isRecursive)
  }

  /// What `relation.column` a place of the plan is, for messages.
  func written(_ place: Int) -> String {
    for relation in relations {
      for column in relation.columns {
        if case .column(place, _) = column.expression { return "\(relation.name.text).\(column.name.text)" }
      }
    }
    return columns.first { $0.expression.columns.contains(place) }?.name.text ?? "?"
  }
}

extension Scope.Column {
  func shifted(by distance: Int) -> Scope.Column {
    Scope.Column(name: name, expression: expression.shiftingColumns(by: distance))
  }

  func renamed(_ name: Identifier) -> Scope.Column {
    Scope.Column(name: name, expression: expression)
  }
}

extension Expression {
  func shiftingColumns(by distance: Int) -> Expression {
    if case .column(let place, let type) = self { return .column(place + distance, type) }
    return mappingChildren { $0.shiftingColumns(by: distance) }
  }
}
