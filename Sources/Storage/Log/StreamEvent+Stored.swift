import Relations

/// Events as bytes: which one, its position, and what it says.
extension ByteWriter {
  /// - Precondition: it is no transaction; those are stored in columns.
  mutating func write(_ event: StreamEvent) {
    switch event {
    case .transaction: preconditionFailure("transactions are stored in columns")
    case .start(let coverage):
      write(byte: 1)
      write(coverage.position)
      write(coverage.tables?.sorted()) { $0.write($1) { $0.write(UInt64($1.number)) } }
    case .schemaChange(let change):
      write(byte: 2)
      write(change.position)
      write(change.sql)
      write(byte: change.rewritten ? 1 : 0)
    case .gap(let position):
      write(byte: 3)
      write(position)
    case .rewind(let position):
      write(byte: 4)
      write(position)
    }
  }
}

extension ByteReader {
  mutating func event() throws(Failure) -> StreamEvent {
    switch try byte() {
    case 1:
      let position = try position()
      let tables = try optional { reader throws(Failure) in
        try reader.list { reader throws(Failure) in try reader.tableID() }
      }
      return .start(Coverage(from: position, tables: tables.map { Set($0) }))
    case 2:
      let position = try position()
      return .schemaChange(SchemaChange(position, sql: try string(), rewritten: try byte() != 0))
    case 3: return .gap(before: try position())
    case 4: return .rewind(to: try position())
    default: throw Failure("an event of no kind")
    }
  }
}

extension StreamEvent {
  /// Events are the same if their bytes are.
  var storedBytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(self)
    return writer.bytes
  }
}
