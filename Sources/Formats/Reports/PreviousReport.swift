/// What an earlier report said of each read: the NDJSON or JSON that an audit printed, of which no more is read than what a comparison
/// needs.
public struct PreviousReport: Sendable {
  public struct Key: Hashable, Sendable {
    public let branch: String
    public let read: String

    public init(branch: String, read: String) {
      self.branch = branch
      self.read = read
    }
  }

  /// A verdict's word and, of a doubtful one, its reason.
  public struct Said: Hashable, Sendable {
    public let verdict: String
    public let reason: String?

    public init(verdict: String, reason: String?) {
      self.verdict = verdict
      self.reason = reason
    }
  }

  public private(set) var said: [Key: Said] = [:]

  /// The longest line: a report in JSON is one.
  private static let longest = 1 << 30

  public init(_ source: any ByteSource) throws(FormatError) {
    var lines = LineReader(source, longest: Self.longest)
    while let line = try lines.next() {
      var scanner = JSONScanner(line.bytes)
      if scanner.peek() == 0 { continue }
      do throws(Fault) {
        try add(&scanner)
        try scanner.end()
      } catch { throw lines.error(error, line) }
    }
  }

  /// A verdict, or a report with its verdicts.
  private mutating func add(_ scanner: inout JSONScanner) throws(Fault) {
    var found: [String: String] = [:]
    let start = scanner.at
    var isReport = false
    try scanner.open(UInt8(ascii: "{"))
    if scanner.take(UInt8(ascii: "}")) { return }
    repeat {
      let key = String(decoding: try scanner.key().text(scanner.base), as: UTF8.self)
      if key == "verdicts" {
        isReport = true
        try addAll(&scanner)
        continue
      }
      let value = try scanner.value()
      guard ["read", "branch", "verdict", "reason"].contains(key), value.kind != .object else { continue }
      found[key] = try value.name(scanner.base, key)
    } while try scanner.more(UInt8(ascii: "}"))
    if isReport { return }
    guard let read = found["read"], let branch = found["branch"], let verdict = found["verdict"] else {
      throw Fault(
        .shape, at: start, "this is no verdict", advice: "give a report that an audit printed with --format json or ndjson")
    }
    said[Key(branch: branch, read: read)] = Said(verdict: verdict, reason: found["reason"])
  }

  private mutating func addAll(_ scanner: inout JSONScanner) throws(Fault) {
    try scanner.open(UInt8(ascii: "["))
    if scanner.take(UInt8(ascii: "]")) { return }
    repeat { try add(&scanner) } while try scanner.more(UInt8(ascii: "]"))
  }
}
