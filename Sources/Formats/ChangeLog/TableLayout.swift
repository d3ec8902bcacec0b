import Relations

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A table as decoders see it: its columns by their names' bytes, and how to read them.
///
/// A class, though nothing in it changes: it is handed around once per row image, and a value of five arrays would be counted five times.
final class TableLayout: Sendable {
  let id: TableID
  /// As SQL writes it, for messages.
  let name: String
  let types: [SQLType]
  let columns: [ColumnReader]
  /// The columns of which a text may be right and not read.
  let uncertain: [Int]
  /// What streams of others tell of a replaced row, as the schema has it; nil for nothing.
  let identity: [Int]?
  /// Whether that is the whole row.
  let isIdentityFull: Bool
  /// The columns that streams carry, and of these the ones that say which row it is.
  let isStreamed: [Bool]
  let isInKey: [Bool]
  private let names: [UInt8]
  private let starts: [Int32]

  init(_ table: Table, in schema: Schema) {
    id = table.id
    name = table.name.description
    types = table.types
    let columns = table.columns.map { ColumnReader($0.stored, declared: $0.type, in: schema) }
    self.columns = columns
    uncertain = columns.indices.filter { columns[$0].mayBeUnread }
    identity = table.streamedIdentity
    isIdentityFull = table.replicaIdentity == .full
    isStreamed = table.columns.map { !$0.isGenerated }
    isInKey = columns.indices.map { table.isInKey($0) }
    var names: [UInt8] = []
    var starts: [Int32] = [0]
    for column in table.columns {
      names += column.name.text.utf8
      starts.append(Int32(names.count))
    }
    self.names = names
    self.starts = starts
  }

  /// The place of a column. Writers keep to one order, so the one behind the last is nearly always it.
  @inline(__always)
  func column(_ name: UnsafeBufferPointer<UInt8>, expected: Int) -> Int? {
    if expected < columns.count, isName(name, of: expected) { return expected }
    return columns.indices.first { isName(name, of: $0) }
  }

  @inline(__always)
  private func isName(_ name: UnsafeBufferPointer<UInt8>, of column: Int) -> Bool {
    let start = Int(starts[column])
    guard Int(starts[column &+ 1]) &- start == name.count else { return false }
    return names.withUnsafeBufferPointer { memcmp($0.baseAddress! + start, name.baseAddress!, name.count) == 0 }
  }

  /// What a column is called, for messages.
  func columnName(_ column: Int) -> String {
    String(decoding: names[Int(starts[column])..<Int(starts[column + 1])], as: UTF8.self)
  }

  /// The fault of a name that no column has.
  @inline(never)
  func unknownColumn(_ key: JSONToken, _ base: UnsafePointer<UInt8>) -> Fault {
    let wanted = String(decoding: key.bytes(base).prefix(100), as: UTF8.self)
    let all = columns.indices.map(columnName)
    let advice =
      NearestName.of(wanted, among: all).map { "did you mean \"\($0)\"?" }
      ?? "its columns are \(all.prefix(20).joined(separator: ", ")); the schema may be older than the file"
    return Fault(.unknownName, at: key.place, "table \(name) has no column \"\(wanted)\"", advice: advice)
  }
}
