import Relations

/// Why the store did not do what it was asked. Nothing was lost, and nothing is taken for unchanged.
public enum StoreError: Error, Hashable, Sendable {
  /// Another process has the store open, or another part of this one.
  case locked(path: String, by: String)
  /// The disk is full. It goes on when there is space again.
  case full(doing: String, String)
  /// The files or their disk cannot be written.
  case readOnly(doing: String, String)
  /// The disk or the library failed otherwise.
  case failed(doing: String, String)
  /// A value is not what was written: a flipped bit, a torn file, something foreign.
  case corrupt(String, why: String)
  /// There is no store.
  case missing(path: String)
  /// A later version of the program wrote it.
  case newerFormat(found: UInt64, known: UInt64)
  /// An earlier version of the program wrote it, in a form that this one does not read any more.
  case olderFormat(found: UInt64, known: UInt64)

  /// A transaction is not after the last one, and is none that is there.
  case outOfOrder(Position, expectedAfter: Position)
  /// Another transaction is stored at the position.
  case differs(Position, expected: String, came: String)
  /// The position is neither pinned nor within the horizon: what is known of it has been collected.
  case notRetained(Position, horizon: Position)
  /// The position is past the end of the timeline.
  case notReached(Position, end: Position)
  /// The position was on a part of the timeline that a rewind took back.
  case rewound(Position, to: Position)
  /// There is no pin, timeline or record of that name.
  case unknown(String)
}

extension StoreError {
  /// A word that does not change, for programs.
  public var code: String {
    switch self {
    case .locked: "locked"
    case .full: "disk-full"
    case .readOnly: "read-only"
    case .failed: "storage-failed"
    case .corrupt: "corrupt"
    case .missing: "no-store"
    case .newerFormat: "newer-format"
    case .olderFormat: "older-format"
    case .outOfOrder: "out-of-order"
    case .differs: "differs"
    case .notRetained: "not-retained"
    case .notReached: "not-reached"
    case .rewound: "rewound"
    case .unknown: "unknown-name"
    }
  }
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .locked(let path, let by): "the store '\(path)' is in use: \(by); a store has one owner, stop that one first"
    case .full(let doing, let why): "the disk is full while \(doing): \(why); make space, then go on: nothing was lost"
    case .readOnly(let doing, let why): "the store cannot be written while \(doing): \(why); see to the rights of its files"
    case .failed(let doing, let why): "\(doing) failed: \(why)"
    case .corrupt(let what, let why): "\(what) is damaged: \(why); restore a backup (premise store restore)"
    case .missing(let path): "there is no store at '\(path)'"
    case .newerFormat(let found, let known):
      "the store has format \(found), and this program knows \(known) at most: use the newer program that wrote it"
    case .olderFormat(let found, let known):
      "the store has format \(found), and this program reads \(known): make it anew from a base, or open it with the older program"
    case .outOfOrder(let position, let expected):
      "a transaction at \(position) is out of order: expected one after \(expected), or one that is stored already"
    case .differs(let position, let expected, let came):
      "a transaction at \(position) differs from the one stored there: expected \(expected), came \(came)"
    case .notRetained(let position, let horizon):
      "position \(position) is not retained: it is not pinned, and what is whole begins at \(horizon)"
    case .notReached(let position, let end): "position \(position) has not been reached: the ledger ends at \(end)"
    case .rewound(let position, let to): "position \(position) was taken back when the timeline was rewound to \(to)"
    case .unknown(let name): "there is no \(name)"
    }
  }
}
