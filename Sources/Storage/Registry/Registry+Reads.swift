import Relations

extension Registry {
  /// Adds what a branch asked, all of it in one write. Returns the number of the first; the others follow it.
  @discardableResult
  public func record(_ reads: [ReadRecord], on branch: String) throws(StoreError) -> UInt64 {
    try ledger.alone { () throws(StoreError) in
      let snapshot = try ledger.store.snapshot()
      try require(branch, snapshot)
      let range = Registry.range(Kind.read, branch)
      let first = try snapshot.last(in: range).map { StoreKey.number($0.key.suffix(8), as: UInt64.self) + 1 } ?? 0
      var batch = WriteBatch()
      var templates: [String: [UInt8]] = [:]
      for (offset, read) in reads.enumerated() {
        if templates[read.template] == nil {
          templates[read.template] = try template(read.template, snapshot, &batch)
        }
        let id = templates[read.template]!
        let key = range.lower + StoreKey.bytes(first + UInt64(offset))
        batch.put(key, StoredValue.wrap(Registry.bytes(read, id), form: 1, key: key))
      }
      if Planted.bug("reads are kept in memory only") { return first }
      try ledger.write(batch, pins: [:])
      return first
    }
  }

  /// Hands over what a branch asked, in order.
  public func forEachRead(on branch: String, _ body: (UInt64, ReadRecord) throws(StoreError) -> Void) throws(StoreError) {
    let snapshot = try ledger.store.snapshot()
    var templates: [[UInt8]: String] = [:]
    let cursor = snapshot.cursor(Registry.range(Kind.read, branch))
    while let (key, value) = try cursor.next() {
      let read = try StoredValue.read(value, form: 1, key: key, "a read") { reader throws(ByteReader.Failure) in
        try Registry.read(&reader)
      }
      if templates[read.template] == nil { templates[read.template] = try text(of: read.template, snapshot) }
      let record = ReadRecord(
        template: templates[read.template]!, types: read.types, constants: read.constants, fields: read.fields)
      try body(StoreKey.number(key.suffix(8), as: UInt64.self), record)
    }
  }

  private func require(_ branch: String, _ snapshot: any KeyValueSnapshot) throws(StoreError) {
    guard try snapshot.value(of: StoreKey.record(Kind.branch, Array(branch.utf8))) != nil else {
      throw .unknown("branch '\(branch)'")
    }
  }

  /// The number of a template, which is the hash of its text; it is written if it is not there.
  private func template(
    _ text: String, _ snapshot: any KeyValueSnapshot, _ batch: inout WriteBatch
  ) throws(StoreError) -> [UInt8] {
    let hash = FingerprintKey(repeatElement(0x51, count: 16)).fingerprint(of: Array(text.utf8))
    let id = StoreKey.bytes(hash.high) + StoreKey.bytes(hash.low)
    let key = StoreKey.record(Kind.template, id)
    if try snapshot.value(of: key) == nil {
      batch.put(key, StoredValue.wrap(Array(text.utf8), form: 1, key: key))
    } else if try self.text(of: id, snapshot) != text {
      throw .failed(doing: "recording a read", "two templates have one hash")
    }
    return id
  }

  private func text(of id: [UInt8], _ snapshot: any KeyValueSnapshot) throws(StoreError) -> String {
    let key = StoreKey.record(Kind.template, id)
    guard let value = try snapshot.value(of: key) else {
      throw .corrupt(StoredValue.named("a template", key), why: "it is missing, and a read names it")
    }
    return String(decoding: try StoredValue.unwrap(value, form: 1, key: key, "a template"), as: UTF8.self)
  }

  private static func bytes(_ read: ReadRecord, _ template: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(raw: template)
    writer.write(read.types)
    writer.write(read.constants)
    writer.write(read.fields.keys.sorted()) { writer, name in
      writer.write(name)
      writer.write(read.fields[name]!)
    }
    return writer.bytes
  }

  private static func read(
    _ reader: inout ByteReader
  ) throws(ByteReader.Failure) -> (template: [UInt8], types: [SQLType], constants: [UInt8], fields: [String: [UInt8]]) {
    let template = Array(try reader.raw(16))
    let types = try reader.types()
    let constants = try reader.array()
    var fields: [String: [UInt8]] = [:]
    for _ in 0..<(try reader.count()) {
      let name = try reader.string()
      fields[name] = try reader.array()
    }
    return (template, types, constants, fields)
  }
}

// MARK: - Writes

extension Registry {
  /// Adds what a branch wrote; positions are on its own timeline. The same again is ignored, something else at a position refused.
  public func append(_ writes: TransactionBatch, on branch: String) throws(StoreError) {
    try ledger.alone { () throws(StoreError) in
      let snapshot = try ledger.store.snapshot()
      try require(branch, snapshot)
      let range = Registry.range(Kind.write, branch)
      let end = try snapshot.last(in: range).map { Position(StoreKey.number($0.key.suffix(8))) }
      var batch = WriteBatch()
      for index in writes.transactions.indices {
        let (one, position) = (writes.slice(index..<index + 1), writes.transactions[index].position)
        let key = range.lower + StoreKey.bytes(position.number)
        if let value = try snapshot.value(of: key) {
          if try Registry.write(key, value).isSame(as: one) { continue }
          throw .differs(position, expected: "what branch '\(branch)' wrote there before", came: "something else")
        }
        if let end, position < end { throw .outOfOrder(position, expectedAfter: end) }
        var writer = ByteWriter()
        writer.write(one) { _ in nil }
        batch.put(key, StoredValue.wrap(writer.bytes, form: 1, key: key))
      }
      if !batch.isEmpty { try ledger.write(batch, pins: [:]) }
    }
  }

  /// Hands over what a branch wrote, transaction by transaction, in order.
  public func forEachWrite(on branch: String, _ body: (TransactionBatch) throws(StoreError) -> Void) throws(StoreError) {
    let cursor = try ledger.store.snapshot().cursor(Registry.range(Kind.write, branch))
    while let (key, value) = try cursor.next() { try body(try Registry.write(key, value)) }
  }

  private static func write(_ key: [UInt8], _ value: [UInt8]) throws(StoreError) -> TransactionBatch {
    try StoredValue.read(value, form: 1, key: key, "a branch's write") { reader throws(ByteReader.Failure) in
      try reader.transactions().batch
    }
  }
}

// MARK: - Anything else

extension Registry {
  /// Keeps bytes under a name: rules, plans, summaries, checkpoints. nil removes them.
  public func set(_ name: String, to value: [UInt8]?) throws(StoreError) {
    var batch = WriteBatch()
    if let value { put(name, value, to: &batch) } else { batch.delete(Registry.key(name)) }
    try ledger.alone { [batch] () throws(StoreError) in try ledger.write(batch, pins: [:]) }
  }

  public func value(of name: String) throws(StoreError) -> [UInt8]? {
    let key = Registry.key(name)
    guard let value = try ledger.store.snapshot().value(of: key) else { return nil }
    return Array(try StoredValue.unwrap(value, form: 1, key: key, "a record"))
  }

  private static func key(_ name: String) -> [UInt8] { StoreKey.record(Kind.other, Array(name.utf8)) }

  func put(_ name: String, _ value: [UInt8], to batch: inout WriteBatch) {
    let key = Registry.key(name)
    batch.put(key, StoredValue.wrap(value, form: 1, key: key))
  }

  /// The bytes under a name, taken apart; nil if there are none.
  func read<Value>(
    _ name: String, _ what: String, _ body: (inout ByteReader) throws(ByteReader.Failure) -> Value
  ) throws(StoreError) -> Value? {
    let key = Registry.key(name)
    guard let value = try ledger.store.snapshot().value(of: key) else { return nil }
    return try StoredValue.read(value, form: 1, key: key, what, body)
  }
}
