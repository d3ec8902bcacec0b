internal import CPgQuery
import Relations

/// Keys, foreign keys and checks of a table that has its columns.
extension SchemaBuilder {
  mutating func add(_ constraints: [TableConstraint], to id: TableID, _ text: StatementText) throws(DefinitionError) {
    // As PostgreSQL orders them: a foreign key may refer to a key of the same statement.
    for constraint in constraints.withoutEqualKeys where !constraint.isForeignKey { try add(constraint, to: id, text) }
    for constraint in constraints where constraint.isForeignKey { try add(constraint, to: id, text) }
  }

  mutating func add(
    _ constraint: TableConstraint, to id: TableID, isRecursive: Bool = true, _ text: StatementText
  ) throws(DefinitionError) {
    guard let table = schema[id] else { return }
    let syntax = constraint.syntax
    if !syntax.conname.isEmpty, table.hasConstraint(Identifier(syntax.conname)), !constraint.isIndexed {
      throw DefinitionError(
        "42710", "constraint \"\(syntax.conname)\" for relation \"\(table.name.name.text)\" already exists", at: syntax.location)
    }
    switch syntax.contype {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY, PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
      try addKey(constraint, to: table, isRecursive: isRecursive, text)
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN: try addForeignKey(constraint, to: table, isRecursive: isRecursive, text)
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK: try addCheck(constraint, to: table, isRecursive: isRecursive, text)
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION: addExclusion(constraint, to: table, text)
    default: break
    }
  }
}

extension SchemaBuilder.TableConstraint {
  var isForeignKey: Bool { syntax.contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN }
  var isIndexed: Bool {
    syntax.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY || syntax.contype == PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE
  }

  /// What a key keeps unique.
  fileprivate var keyColumns: [Identifier] { column.map { [$0] } ?? syntax.keys.map { Identifier($0.text) } }

  /// Whether two keys are the same but for their names.
  fileprivate func isSameKey(as other: Self) -> Bool {
    isIndexed && other.isIndexed && keyColumns == other.keyColumns && deferral == other.deferral
      && syntax.nulls_not_distinct == other.syntax.nulls_not_distinct && syntax.indexname.isEmpty && other.syntax.indexname.isEmpty
      && syntax.including.map(\.text) == other.syntax.including.map(\.text)
  }

  fileprivate var isPrimary: Bool { syntax.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY }

  /// When it is checked. A column's `DEFERRABLE` is a constraint of its own, after what it is about.
  var deferral: Deferral {
    guard let siblings else {
      return syntax.initdeferred ? .initiallyDeferred : syntax.deferrable ? .initiallyImmediate : .notDeferrable
    }
    var deferral = Deferral.notDeferrable
    var isAfter = false
    for node in siblings {
      guard case .constraint(let other) = node.kind else { continue }
      if other.c == syntax.c {
        isAfter = true
        continue
      }
      guard isAfter else { continue }
      switch other.contype {
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE: if deferral == .notDeferrable { deferral = .initiallyImmediate }
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRED: deferral = .initiallyDeferred
      case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_NOT_DEFERRABLE, PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_IMMEDIATE: break
      default: return deferral
      }
    }
    return deferral
  }
}

extension [SchemaBuilder.TableConstraint] {
  /// Of keys that one statement declares twice, PostgreSQL makes one: the primary one if it is among them, by the name that one has.
  fileprivate var withoutEqualKeys: [Element] {
    var kept: [Element] = []
    for constraint in filter(\.isPrimary) + filter({ !$0.isPrimary }) {
      if !constraint.isPrimary, let i = kept.firstIndex(where: { $0.isSameKey(as: constraint) }) {
        if kept[i].name == nil { kept[i].otherName = constraint.name }
      } else {
        kept.append(constraint)
      }
    }
    return kept
  }
}

extension Syntax.Constraint {
  /// As PostgreSQL's messages name the kind.
  var kindName: String {
    switch contype {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY: "primary key"
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE: "unique"
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN: "foreign key"
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION: "exclusion"
    default: "such"
    }
  }
}
