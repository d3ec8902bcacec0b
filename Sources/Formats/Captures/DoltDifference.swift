import Relations

/// One document of Dolt's, taken apart.
struct DoltDifference {
  /// Of `dolt diff`: everything that is different.
  private(set) var changes: [DoltChange] = []
  /// Of a table `dolt_diff_…`: by commits; nil for a document of `dolt diff`.
  private(set) var rows: [DoltCommit]?
  /// Rows of the working set.
  private(set) var uncommitted = 0

  /// - Parameter file: its name says which table the rows are of: `dolt_diff_orders.json`.
  init(_ scanner: inout JSONScanner, _ file: String) throws(Fault) {
    try scanner.open(UInt8(ascii: "{"))
    if scanner.take(UInt8(ascii: "}")) { return }
    repeat {
      let key = try scanner.key()
      if key.isText("tables", scanner.base) {
        try Self.each(&scanner) { scanner throws(Fault) in try scanTable(&scanner) }
      } else if key.isText("rows", scanner.base) {
        let table = try Self.table(of: file, at: key.place)
        rows = []
        try Self.each(&scanner) { scanner throws(Fault) in try scanRow(&scanner, table) }
      } else {
        _ = try scanner.value()
      }
    } while try scanner.more(UInt8(ascii: "}"))
  }

  private static func each(
    _ scanner: inout JSONScanner, _ body: (inout JSONScanner) throws(Fault) -> Void
  ) throws(Fault) {
    try scanner.open(UInt8(ascii: "["))
    if scanner.take(UInt8(ascii: "]")) { return }
    repeat { try body(&scanner) } while try scanner.more(UInt8(ascii: "]"))
  }
}

// MARK: - dolt diff

extension DoltDifference {
  private mutating func scanTable(_ scanner: inout JSONScanner) throws(Fault) {
    _ = scanner.peek()
    let start = scanner.at
    var name: JSONToken?
    var data: JSONToken?
    var schema: JSONToken?
    try scanner.fields { key, scanner throws(Fault) in
      let value = try scanner.value()
      if key.isText("name", scanner.base) { name = value }
      if key.isText("data_diff", scanner.base) { data = value }
      if key.isText("schema_diff", scanner.base) { schema = value }
    }
    guard let name, name.kind == .string else {
      throw Fault(.missing, at: start, "the table has no \"name\"", advice: "write what dolt diff -r json prints")
    }
    if let schema, schema.kind == .array, try !schema.elements(scanner.base, "schema_diff").isEmpty {
      throw Fault(
        .shape, at: schema.place, "the table's definition changed, which is not read",
        advice: "cut the log here, and go on with the new schema and a new base")
    }
    guard let data, data.kind != .null else { return }
    let table = try name.text(scanner.base)
    guard data.kind == .array else { throw data.wrong("data_diff", "an array") }
    var rows = JSONScanner(again: data, scanner.base)
    try Self.each(&rows) { scanner throws(Fault) in
      _ = scanner.peek()
      var change = DoltChange(table: table, offset: scanner.at)
      try scanner.fields { key, scanner throws(Fault) in
        if key.isText("from_row", scanner.base) {
          change.before = try Self.row(&scanner)
        } else if key.isText("to_row", scanner.base) {
          change.after = try Self.row(&scanner)
        } else {
          _ = try scanner.value()
        }
      }
      if change.before.isEmpty, change.after.isEmpty {
        throw Fault(.missing, at: change.offset, "the difference has no row", advice: "write what dolt diff -r json prints")
      }
      changes.append(change)
    }
  }

  private static func row(_ scanner: inout JSONScanner) throws(Fault) -> [(name: JSONToken, value: JSONToken)] {
    var row: [(name: JSONToken, value: JSONToken)] = []
    try scanner.fields { key, scanner throws(Fault) in row.append((key, try scanner.value())) }
    return row
  }
}

// MARK: - dolt_diff_…

extension DoltDifference {
  private static func table(of file: String, at offset: Int) throws(Fault) -> [UInt8] {
    let name = file.utf8.split(separator: UInt8(ascii: "/")).last ?? file.utf8[...]
    guard name.starts(with: "dolt_diff_".utf8) else {
      throw Fault(
        .missing, at: offset, "nothing says which table the rows are of",
        advice: "call the file as the table that was exported: dolt_diff_orders.json")
    }
    return Array(name.dropFirst("dolt_diff_".utf8.count).prefix { $0 != UInt8(ascii: ".") })
  }

  private mutating func scanRow(_ scanner: inout JSONScanner, _ table: [UInt8]) throws(Fault) {
    _ = scanner.peek()
    var change = DoltChange(table: table, offset: scanner.at)
    change.prefixes = ("from_".utf8.count, "to_".utf8.count)
    var commit: JSONToken?
    var time: JSONToken?
    var kind: JSONToken?
    try scanner.fields { key, scanner throws(Fault) in
      let value = try scanner.value()
      if key.isText("to_commit", scanner.base) {
        commit = value
      } else if key.isText("to_commit_date", scanner.base) {
        time = value
      } else if key.isText("diff_type", scanner.base) {
        kind = value
      } else if !key.isText("from_commit", scanner.base), !key.isText("from_commit_date", scanner.base) {
        let name = key.bytes(scanner.base)
        if name.starts(with: "to_".utf8) { change.after.append((key, value)) }
        if name.starts(with: "from_".utf8) { change.before.append((key, value)) }
      }
    }
    guard let commit, commit.kind == .string, let kind, kind.kind == .string else {
      throw Fault(
        .missing, at: change.offset, "the row has no \"to_commit\" or no \"diff_type\"", advice: "export all columns of dolt_diff_…"
      )
    }
    if kind.isText("added", scanner.base) {
      change.before = []
    } else if kind.isText("removed", scanner.base) {
      change.after = []
    } else if !kind.isText("modified", scanner.base) {
      throw kind.wrongWord(scanner.base, "diff_type", ["added", "modified", "removed"])
    }
    if change.before.isEmpty, change.after.isEmpty {
      throw Fault(.missing, at: change.offset, "the row has no columns", advice: "export all columns of dolt_diff_…")
    }
    guard let time, time.kind != .null, !commit.isText("WORKING", scanner.base) else { return uncommitted += 1 }
    try put(change, Array(commit.bytes(scanner.base)), try time.moment(scanner.base, "to_commit_date"))
  }

  private mutating func put(_ change: DoltChange, _ name: [UInt8], _ time: Int64) throws(Fault) {
    // The rows of a commit come one after the other.
    if let last = rows?.last, last.name == name {
      rows![rows!.count - 1].changes.append(change)
    } else if let place = rows?.firstIndex(where: { $0.name == name }) {
      rows![place].changes.append(change)
    } else {
      rows!.append(DoltCommit(name: name, time: time, changes: [change]))
    }
  }
}
