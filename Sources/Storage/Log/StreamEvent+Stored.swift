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
      if let map = change.map {
        write(byte: 5)
        write(change.position)
        return write(map)
      }
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
    case 5:
      let position = try position()
      return .schemaChange(SchemaChange(position, try map()))
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

// MARK: - Maps

extension ByteWriter {
  fileprivate mutating func write(_ map: SchemaMap) {
    write(map.tables) { writer, table in
      writer.write(table.old)
      writer.write(table.new)
      writer.write(table.columns) { writer, column in
        writer.write(column.old.text)
        writer.write(column.new?.text) { $0.write($1) }
      }
      writer.write(table.keys) { writer, key in
        writer.write(key.old) { $0.write($1) }
        writer.write(key.new) { $0.write($1) }
      }
    }
  }

  private mutating func write(_ name: QualifiedName) {
    write(name.namespace?.text) { $0.write($1) }
    write(name.name.text)
  }
}

extension ByteReader {
  fileprivate mutating func map() throws(Failure) -> SchemaMap {
    SchemaMap(
      try list { reader throws(Failure) in
        let (old, new) = (try reader.name(), try reader.name())
        let columns = try reader.list { reader throws(Failure) in
          let old = Identifier(try reader.string())
          return SchemaMap.ColumnEntry(
            old, try reader.optional { reader throws(Failure) in Identifier(try reader.string()) })
        }
        let keys = try reader.list { reader throws(Failure) in SchemaMap.KeyEntry(try reader.strings(), try reader.strings()) }
        return SchemaMap.TableEntry(old, new, columns: columns, keys: keys)
      })
  }

  private mutating func name() throws(Failure) -> QualifiedName {
    let namespace = try optional { reader throws(Failure) in Identifier(try reader.string()) }
    return QualifiedName(namespace, Identifier(try string()))
  }

  private mutating func strings() throws(Failure) -> [String] {
    try list { reader throws(Failure) in try reader.string() }
  }
}
