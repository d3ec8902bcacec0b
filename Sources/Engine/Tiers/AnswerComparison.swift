import Circuits
import Queries
import Relations

/// Whether two answers are the same to whoever reads them: as printed, but for numbers, whose trailing zeros say nothing; as multisets,
/// or as lists where the question orders its rows.
enum AnswerComparison {
  /// - Returns: nil where SQL leaves open which list was got, and the lists that it allows now are not the same ones.
  static func same(_ was: Answer, _ now: Answer) -> Bool? {
    let (before, after) = (was.groups, now.groups)
    if before.count == after.count, zip(before, after).allSatisfy({ isSame($0, $1) }) { return true }
    if !isSame(before.joined(), after.joined()) { return false }
    // The same rows in other tie groups. One list was allowed then: is it allowed now?
    guard before.allSatisfy({ $0.count == 1 }) else { return nil }
    var rest = before.joined()[...]
    for group in after {
      if !isSame(Array(rest.prefix(group.count)), group) { return false }
      rest = rest.dropFirst(group.count)
    }
    return true
  }

  /// Whether what somebody recorded is this answer: as multisets, because what orders rows need not be in the answer, and by equality
  /// class, because numbers come through clients that know no scale.
  static func same(recorded: AnswerRows, _ computed: AnswerRows) -> Bool {
    switch (recorded.content, computed.content) {
    case (.raised(let a), .raised(let b)): return a == b
    case (.rows(let a), .rows(let b)):
      if isSame(a.map { $0.map(PrintedValue.init) }, b.map { $0.map(PrintedValue.init) }) { return true }
      // Floats that a client has printed with fewer digits, or -0 for 0: equal is enough.
      let encoding = computed.types.allSatisfy(\.id.isEvaluated) ? KeyEncoding(computed.types) : nil
      guard let encoding, a.allSatisfy({ $0.count == computed.types.count }) else { return false }
      return a.map(encoding.encode).sorted(by: precedes) == b.map(encoding.encode).sorted(by: precedes)
    default: return false
    }
  }

  /// Whether two lists of rows print the same; in any order, unless that counts.
  static func printsSame(_ a: [[Value]], _ b: [[Value]], isOrdered: Bool) -> Bool {
    let (a, b) = (a.map { $0.map(PrintedValue.init) }, b.map { $0.map(PrintedValue.init) })
    return isOrdered ? a == b : isSame(a, b)
  }

  private static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool { a.lexicographicallyPrecedes(b) }

  /// As multisets.
  private static func isSame(_ a: [[PrintedValue]], _ b: [[PrintedValue]]) -> Bool {
    guard a.count == b.count else { return false }
    var counts: [[PrintedValue]: Int] = [:]
    for row in a { counts[row, default: 0] += 1 }
    for row in b {
      guard let count = counts[row], count > 0 else { return false }
      counts[row] = count - 1
    }
    return true
  }
}

extension [[[PrintedValue]]] {
  fileprivate func joined() -> [[PrintedValue]] { [[PrintedValue]](self.joined() as FlattenSequence) }
}

extension Answer {
  /// The rows, gathered by rank: between rows of one group no order is fixed.
  fileprivate var groups: [[[PrintedValue]]] {
    var groups: [[[PrintedValue]]] = []
    for row in 0..<rows.count {
      let values = rows[row].map(PrintedValue.init)
      if let ranks, row > 0, ranks[row] != ranks[row - 1] || groups.isEmpty {
        groups.append([values])
      } else if groups.isEmpty {
        groups.append([values])
      } else {
        groups[groups.count - 1].append(values)
      }
    }
    return groups
  }
}

/// A value as a reader of an answer sees it.
struct PrintedValue: Hashable {
  private let value: Value

  init(_ value: Value) {
    if case .numeric(let number) = value { self.value = .numeric(number.trimmedScale) } else { self.value = value }
  }

  static func == (a: PrintedValue, b: PrintedValue) -> Bool { a.value.isIdentical(to: b.value) }
  func hash(into hasher: inout Hasher) { value.hashIdentity(into: &hasher) }
}
