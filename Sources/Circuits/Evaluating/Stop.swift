import Relations

/// What ends an evaluation before there is an answer. Errors that PostgreSQL raises do not: see `ErrorLedger`.
enum Stop: Error {
  case unsupported(String)
  case unreadable(SnapshotFailure)
  /// A step meets more rows than an evaluation would.
  case tooCostly
}

extension Stop {
  var outcome: Outcome {
    switch self {
    case .unsupported(let what): .unsupported(what)
    case .unreadable(let failure): .unreadable(failure)
    case .tooCostly: preconditionFailure("only a step has a limit")
    }
  }
}

/// The errors that were met, and whether PostgreSQL meets them too.
///
/// An evaluation goes on past an error, because it must know of the others: which of two errors is raised, and whether one is raised
/// in a row that another condition would have dropped, is the planner's choice.
struct ErrorLedger {
  private var entries: [Entry] = []

  private struct Entry: Hashable {
    let error: SQLError
    let isCertain: Bool
    let isPlanned: Bool
  }

  var isEmpty: Bool { entries.isEmpty }

  /// - Parameters:
  ///   - isCertain: whether PostgreSQL comes to it in any order of evaluation, unless it raises something else before.
  ///   - isPlanned: whether it is raised before any row is read.
  mutating func note(_ error: SQLError, isCertain: Bool, isPlanned: Bool = false) {
    let entry = Entry(error: error, isCertain: isCertain, isPlanned: isPlanned)
    if !entries.contains(entry) { entries.append(entry) }
  }

  /// Nil if no error was met.
  var outcome: Outcome? {
    guard let first = entries.first else { return nil }
    let planned = entries.filter(\.isPlanned)
    if let certain = Self.certain(planned) ?? Self.certain(entries) { return .raised(certain) }
    return .errorOrder(planned.first?.error ?? first.error)
  }

  /// The error of all entries, if they have one and meet it for sure.
  private static func certain(_ entries: [Entry]) -> SQLError? {
    guard let first = entries.first, entries.allSatisfy({ $0.error == first.error }), entries.contains(where: \.isCertain) else {
      return nil
    }
    return first.error
  }
}
