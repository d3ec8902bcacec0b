import Glibc

/// The same inserts in PostgreSQL and SQLite, through `Scripts/peers/inserts.py`: what it prints, by name; nothing where there is no Python.
struct InsertPeers {
  private(set) var figures: [(name: String, value: Double)] = []

  init(_ directory: String, batches: Int, transactions: Int) {
    guard let pipe = popen("python3 Scripts/peers/inserts.py '\(directory)' \(batches) \(transactions)", "r") else { return }
    var line = [CChar](repeating: 0, count: 4096)
    let isRead = fgets(&line, Int32(line.count), pipe) != nil
    guard pclose(pipe) == 0, isRead else { return }
    // {"name": number, …}, with no other characters in the names than in ours.
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    for place in stride(from: 1, to: parts.count - 1, by: 2) {
      let number = parts[place + 1].drop { ": ".contains($0) }.prefix { "-+.e0123456789".contains($0) }
      if let value = Double(number) { figures.append((String(parts[place]), value)) }
    }
  }
}
