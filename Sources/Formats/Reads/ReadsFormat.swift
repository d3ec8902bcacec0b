import Relations

/// The formats of reads, each known by how its files begin.
public enum ReadsFormat: String, Hashable, Sendable, CaseIterable {
  /// Our own.
  case own = "NDJSON"
  /// SQL, a question a statement.
  case sql = "SQL"
  /// PostgreSQL's log, with `log_destination = csvlog` or `jsonlog`.
  case csvLog = "csvlog"
  case jsonLog = "jsonlog"
  /// A table with a column `query`, as of `pg_stat_statements`.
  case statements = "CSV of statements"
}

extension ReadsFormat {
  /// The format of a file that begins with these bytes.
  static func of(_ head: [UInt8]) -> ReadsFormat {
    var start = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while start < head.count, [0x20, 0x09, 0x0A, 0x0D].contains(head[start]) { start += 1 }
    let text = head[start...]
    if text.first == UInt8(ascii: "{") { return isServerLog(text) ? .jsonLog : .own }
    let line = text.prefix { $0 != 0x0A }
    if line.isEmpty { return .own }
    if isMoment(line) { return .csvLog }
    let names = line.split(separator: UInt8(ascii: ",")).map { name in
      String(decoding: name.filter { $0 > 0x20 && $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }
    return names.contains("query") ? .statements : .sql
  }

  /// `{"timestamp":"2026-05-01 10:00:00.000 UTC","user":…`
  private static func isServerLog(_ text: ArraySlice<UInt8>) -> Bool { text.starts(with: "{\"timestamp\":".utf8) }

  /// `2026-05-01 10:00:00.000 UTC,`
  private static func isMoment(_ line: ArraySlice<UInt8>) -> Bool {
    let shape = "dddd-dd-dd dd:dd:dd"
    return line.count > shape.utf8.count
      && zip(line, shape.utf8).allSatisfy { $1 == UInt8(ascii: "d") ? $0 &- 0x30 <= 9 : $0 == $1 }
  }
}
