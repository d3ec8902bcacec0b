import Glibc
import Relations

/// The same cold join in DuckDB, through `Scripts/peers/duckdb`.
struct DuckDBPeer {
  let milliseconds: Double
  /// For how many reads of each question something has changed.
  let stale: [Int]

  /// nil where there is no DuckDB.
  init?(_ questions: [SentryWorkload.Question], _ net: ZSet) {
    let directory = ".build/peer-data"
    mkdir(".build", 0o755)
    mkdir(directory, 0o755)
    let columns = net.rows.columns + [Column(.int8, .integers(net.weights))]
    guard Self.write("\(directory)/changes.csv", "id,customer,status,region,total,created,weight", columns) else { return nil }
    let heads = ["read,a,region", "read,customer", "read,id", "read,a,b,status", "read,a"]
    for (place, question) in questions.enumerated() {
      let reads = Column(.int8, .integers((0..<question.count).map { Int64($0) }))
      guard Self.write("\(directory)/q\(place).csv", heads[place], [reads] + question.constants) else { return nil }
    }
    guard let pipe = popen("Scripts/peers/duckdb \(directory)", "r") else { return nil }
    var line = [CChar](repeating: 0, count: 4096)
    let isRead = fgets(&line, Int32(line.count), pipe) != nil
    guard pclose(pipe) == 0, isRead else { return nil }
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let milliseconds = Self.number("ms", text), let stale = Self.numbers("stale", text) else { return nil }
    self.milliseconds = milliseconds
    self.stale = stale
  }

  private static func number(_ name: String, _ json: String) -> Double? {
    guard let start = json.firstRange(of: "\"\(name)\": ")?.upperBound else { return nil }
    return Double(json[start...].prefix { "-.0123456789".contains($0) })
  }

  private static func numbers(_ name: String, _ json: String) -> [Int]? {
    guard let start = json.firstRange(of: "\"\(name)\": [")?.upperBound else { return nil }
    return json[start...].prefix { $0 != "]" }.split(separator: ",").compactMap { Int($0.drop { $0 == " " }) }
  }

  private static func write(_ path: String, _ head: String, _ columns: [Column]) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    defer { fclose(file) }
    fputs(head + "\n", file)
    for row in 0..<(columns.first?.count ?? 0) { fputs(columns.map { text($0, row) }.joined(separator: ",") + "\n", file) }
    return true
  }

  /// Decimals as whole steps.
  private static func text(_ column: Column, _ row: Int) -> String {
    switch column.storage {
    case .integers(let values): "\(values[row])"
    case .decimals(let values, _): "\(values[row])"
    case .bytes(let bytes): String(decoding: bytes[row], as: UTF8.self)
    case .coded(let codes, let dictionary): String(decoding: dictionary[Int(codes[row])], as: UTF8.self)
    default: ""
    }
  }
}
