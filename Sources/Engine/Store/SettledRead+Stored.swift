import Queries
import Relations
import Storage

/// Settled reads in a store: they outlive their branches, and the engine that settled them.
extension Registry {
  public func settle(_ reads: [SettledRead]) throws(StoreError) { try settle(reads.map(\.record)) }

  /// What is kept, in the order in which it was settled.
  public func settledReads() throws(StoreError) -> [SettledRead] {
    var reads: [SettledRead] = []
    try forEachSettled { record throws(StoreError) in reads.append(try SettledRead(record)) }
    return reads.inOrder
  }

  /// Drops what was kept as long as a setting says, and says what that is.
  public func collectSettled(_ keeping: ReadKeeping, at clock: Int64) throws(StoreError) -> SettledRemoval {
    let limits = keeping.limits(at: clock)
    let dropped = try collectSettled(reads: limits.reads, answers: limits.answers)
    func reads(_ records: [SettledRecord]) throws(StoreError) -> [SettledRead] {
      var reads: [SettledRead] = []
      for record in records { reads.append(try SettledRead(record)) }
      return reads.inOrder
    }
    return SettledRemoval(reads: try reads(dropped.reads), answers: try reads(dropped.answers))
  }
}

extension [SettledRead] {
  fileprivate var inOrder: [SettledRead] {
    enumerated().sorted { ($0.element.settledAt, $0.offset) < ($1.element.settledAt, $1.offset) }.map(\.element)
  }
}

extension SettledRead {
  fileprivate var record: SettledRecord {
    var verdict = StoredFields()
    verdict.add(decision.word)
    verdict.add("\(asOf.number)")
    verdict.add(unit)
    return SettledRecord(
      read: read, branch: branch, sql: sql, settledAt: settledAt, verdict: verdict.bytes, answers: answers?.bytes)
  }

  fileprivate init(_ record: SettledRecord) throws(StoreError) {
    var verdict = StoredFields(record.verdict)
    guard let word = verdict.next() ?? nil, let decision = Verdict.Decision(word: word), let number = verdict.next() ?? nil,
      let position = UInt64(number), let unit = verdict.next()
    else { throw .corrupt("the settled read '\(record.read)'", why: "its verdict is none") }
    var answers: Answers?
    if let bytes = record.answers {
      answers = Answers(bytes)
      if answers == nil { throw .corrupt("the settled read '\(record.read)'", why: "its answers are none") }
    }
    self.init(
      read: record.read, branch: record.branch, sql: record.sql, unit: unit, decision: decision, asOf: Position(position),
      settledAt: record.settledAt, answers: answers)
  }
}

extension Verdict.Decision {
  fileprivate var word: String {
    switch self {
    case .holds: "holds"
    case .stale: "stale"
    case .doubtful(let reason): reason.rawValue
    }
  }

  fileprivate init?(word: String) {
    switch word {
    case "holds": self = .holds
    case "stale": self = .stale
    default:
      guard let reason = DoubtReason(rawValue: word) else { return nil }
      self = .doubtful(reason)
    }
  }
}

extension SettledRead.Answers {
  /// For each answer: nothing, or `e` and a state, or `r`, how many columns, and the rows' values.
  fileprivate var bytes: [UInt8] {
    var fields = StoredFields()
    for answer in [was, now] {
      switch answer {
      case nil: fields.add(nil)
      case .raised(let state)?:
        fields.add("e")
        fields.add(state.description)
      case .rows(let rows)?:
        fields.add("r")
        fields.add("\(rows.count)")
        for row in rows {
          fields.add("\(row.count)")
          for value in row { fields.add(value) }
        }
      }
    }
    return fields.bytes
  }

  fileprivate init?(_ bytes: [UInt8]) {
    var fields = StoredFields(bytes)
    guard let was = Self.answer(&fields), let now = Self.answer(&fields) else { return nil }
    self.init(was: was, now: now)
  }

  /// nil where the bytes are none.
  private static func answer(_ fields: inout StoredFields) -> PrintedAnswer?? {
    guard let kind = fields.next() else { return nil }
    switch kind {
    case nil: return .some(nil)
    case "e":
      guard let state = fields.next() ?? nil else { return nil }
      return .raised(SQLState(state))
    case "r":
      guard let count = fields.number() else { return nil }
      var rows: [[String?]] = []
      for _ in 0..<count {
        guard let width = fields.number() else { return nil }
        var row: [String?] = []
        for _ in 0..<width {
          guard let value = fields.next() else { return nil }
          row.append(value)
        }
        rows.append(row)
      }
      return .rows(rows)
    default: return nil
    }
  }
}

/// Texts one behind the other, each of which may be absent: a byte 0, or 1, the length (8, big-endian) and the bytes.
private struct StoredFields {
  private(set) var bytes: [UInt8] = []
  private var at = 0

  init() {}
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func add(_ text: String?) {
    guard let text else { return bytes.append(0) }
    bytes.append(1)
    withUnsafeBytes(of: UInt64(text.utf8.count).bigEndian) { bytes += $0 }
    bytes += text.utf8
  }

  /// nil at the end, or where there is no field.
  mutating func next() -> String?? {
    guard at < bytes.count else { return nil }
    if bytes[at] == 0 {
      at += 1
      return .some(nil)
    }
    guard bytes[at] == 1, at + 9 <= bytes.count else { return nil }
    let length = bytes[at + 1..<at + 9].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - at - 9) else { return nil }
    defer { at += 9 + Int(length) }
    return String(decoding: bytes[at + 9..<at + 9 + Int(length)], as: UTF8.self)
  }

  mutating func number() -> Int? { (next() ?? nil).flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }
}
