import Relations

/// What a branch did to one row of a table with a key, as one write: whatever it did in between.
enum KeyedWrite {
  /// The row was not there before.
  case insert([Value])
  /// These columns were set; all others are as they were.
  ///
  /// Some of them perhaps: where the branch's log does not tell the row before, a column that has the value that it had at the fork was
  /// not set.
  case update([Int: Value], perhaps: Set<Int>)
  case delete
  /// The table was emptied: the row is gone, if it was there.
  case emptied
  /// The table was emptied, and this row put in, in the place of another one or not.
  case refilled([Value])
}

extension KeyedWrite {
  /// The row after the write, over the row before it.
  ///
  /// - Precondition: an update and a delete have a row, an insert has none.
  func applied(to row: [Value]?) -> [Value]? {
    switch self {
    case .insert(let new), .refilled(let new): return new
    case .delete, .emptied: return nil
    case .update(let values, _):
      guard var row else { preconditionFailure("an update is laid over a row") }
      for (column, value) in values { row[column] = value }
      return row
    }
  }
}

/// What landing a write over a row that main changed meanwhile would leave.
enum Landing {
  case merged([Value]?)
  /// It is open: the row that the branch has, and the one that main has.
  case contested(branch: [Value]?, main: [Value]?)
}

extension KeyedWrite {
  /// - Parameters:
  ///   - old: the row when the branch forked, without the branch's write.
  ///   - new: main's row now, which differs from it.
  func landing(over old: [Value]?, _ new: [Value]?) -> Landing {
    switch self {
    // Emptying a table deletes the rows that the branch could see, not those that main has got since.
    case .emptied: return old == nil ? .merged(new) : KeyedWrite.delete.landing(over: old, new)
    case .refilled(let row):
      let write =
        old == nil
        ? KeyedWrite.insert(row) : .update(Dictionary(uniqueKeysWithValues: row.enumerated().map { ($0, $1) }), perhaps: [])
      return write.landing(over: old, new)
    case .insert(let row):
      // A row that was there already when it was inserted: the logs contradict each other.
      if old != nil { return .contested(branch: row, main: new) }
      guard let new, !new.isIdentical(to: row) else { return .merged(row) }
      return .contested(branch: row, main: new)
    case .delete:
      guard let new else { return .merged(nil) }
      return .contested(branch: nil, main: new)
    case .update(let values, let perhaps):
      // An update of a row that the fork does not have: the logs contradict each other, and nothing is determined.
      guard let old else { return .contested(branch: nil, main: new) }
      let set = values.filter { column, value in !perhaps.contains(column) || !value.isIdentical(to: old[column]) }
      // An update that sets nothing is no write.
      if set.isEmpty { return .merged(new) }
      guard let new else { return .contested(branch: applied(to: old), main: nil) }
      // The same column set differently by both.
      let clashes = set.contains { column, value in
        !old[column].isIdentical(to: new[column]) && !value.isIdentical(to: new[column])
      }
      return clashes
        ? .contested(branch: applied(to: old), main: new) : .merged(KeyedWrite.update(set, perhaps: []).applied(to: new))
    }
  }
}

extension [Value] {
  func isIdentical(to other: [Value]) -> Bool { count == other.count && zip(self, other).allSatisfy { $0.isIdentical(to: $1) } }
}
