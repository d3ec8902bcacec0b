import Relations
import SQL

/// Why a read was not taken.
public enum ReadError: Error, Hashable, Sendable {
  /// It does not say whose it is, and there is no branch, or more than one.
  case noBranch
  /// There is no branch of that name.
  case unknownBranch(String)
  /// It was asked on main, and does not say where.
  case noPosition
  /// A read of that name is there, with these fields of another content.
  case differs(read: String, fields: [String])
  /// PostgreSQL would have refused its text, or the condition that rests on it.
  case refused(SQLTextError)
}

extension ReadError {
  /// Stable, for programs.
  public var code: String {
    switch self {
    case .noBranch: "missing-branch"
    case .unknownBranch: "unknown-branch"
    case .noPosition: "missing-position"
    case .differs: "duplicate"
    case .refused(let error): error.state.description
    }
  }
}

extension ReadError: CustomStringConvertible {
  /// What is wrong, and what would make it right.
  public var description: String {
    switch self {
    case .noBranch: "the read does not say whose it is: name its branch"
    case .unknownBranch(let name): "there is no branch '\(name)': fork it first"
    case .noPosition: "a read on main says where it was asked: add its position"
    case .differs(let read, let fields):
      "there is a read '\(read)' with other content (\(fields.joined(separator: ", "))): give each read an id of its own"
    case .refused(let error): error.message
    }
  }
}

/// What became of a read that was handed over.
public struct Recording: Hashable, Sendable {
  /// The name by which verdicts speak of it.
  public let read: String
  /// Whether it is new; else it had been handed over before, and nothing has changed.
  public let isNew: Bool
  /// Main's position (its parent's, of a branch of a branch) that the log has not come to: until it does, the read is `not-reached`.
  public let waitsFor: Position?
}
