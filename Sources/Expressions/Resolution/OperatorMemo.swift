import Relations
import Synchronization

/// Which operators were found for which types. Choosing one among forty of a name takes microseconds, and a database has few names and
/// types.
///
/// A catalogue does not change, so each has one.
final class OperatorMemo: Sendable {
  static let builtIn = OperatorMemo()

  private let found = Mutex<[Key: Operator]>([:])
  /// A bound for hostile texts; the built-in operators times the types that they are asked for are fewer.
  private static let most = 4096

  private struct Key: Hashable {
    let name: String
    /// Zero for none.
    let left: UInt32
    let right: UInt32
  }

  /// The operator, found by `find` if nobody has asked before. What is not found is not remembered.
  func find(
    _ name: String, _ left: TypeID?, _ right: TypeID, _ find: () throws(SQLError) -> Operator
  ) throws(SQLError) -> Operator {
    let key = Key(name: name, left: left?.oid ?? 0, right: right.oid)
    if let known = found.withLock({ $0[key] }) { return known }
    let operation = try find()
    found.withLock { found in
      if found.count >= Self.most { found.removeAll(keepingCapacity: true) }
      found[key] = operation
    }
    return operation
  }
}
