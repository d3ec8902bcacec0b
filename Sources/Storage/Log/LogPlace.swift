import Relations

/// Where something stands in the log: what it moved the timeline to, and, of several things at one position, which.
struct LogPlace: Hashable, Sendable, Comparable {
  let position: Position
  let ordinal: UInt16

  init(_ position: Position, _ ordinal: UInt16 = 0) {
    self.position = position
    self.ordinal = ordinal
  }

  /// The place that a key of the log tells.
  init(key: [UInt8]) {
    self.init(Position(StoreKey.number(key[5..<13])), StoreKey.number(key[13..<15]))
  }

  static func < (a: LogPlace, b: LogPlace) -> Bool { (a.position, a.ordinal) < (b.position, b.ordinal) }

  static let beginning = LogPlace(.start)
}
