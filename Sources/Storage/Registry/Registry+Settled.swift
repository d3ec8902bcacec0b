import Relations

/// What is kept of a read once nobody asks for its verdict any more: how it ended, without what it would take to judge it again.
public struct SettledRecord: Hashable, Sendable {
  public let read: String
  public let branch: String
  public let sql: String
  /// When it was settled, in microseconds from 2000-01-01 UTC.
  public let settledAt: Int64
  /// The verdict and the state that it speaks of, as whoever keeps it encodes them.
  public let verdict: [UInt8]
  /// Both answers, in the same way; nil once they were dropped.
  public let answers: [UInt8]?

  public init(read: String, branch: String, sql: String, settledAt: Int64, verdict: [UInt8], answers: [UInt8]?) {
    self.read = read
    self.branch = branch
    self.sql = sql
    self.settledAt = settledAt
    self.verdict = verdict
    self.answers = answers
  }

  fileprivate var withoutAnswers: SettledRecord {
    SettledRecord(read: read, branch: branch, sql: sql, settledAt: settledAt, verdict: verdict, answers: nil)
  }
}

extension Registry {
  /// Keeps settled reads, all of them in one write; a branch need not be there any more. The same again replaces itself.
  public func settle(_ records: [SettledRecord]) throws(StoreError) {
    var batch = WriteBatch()
    for record in records { put(record, to: &batch) }
    if batch.isEmpty { return }
    try ledger.alone { [batch] () throws(StoreError) in try ledger.write(batch, pins: [:]) }
  }

  /// Hands over what is kept, a branch after the other, each in the order in which its reads were settled.
  public func forEachSettled(_ body: (SettledRecord) throws(StoreError) -> Void) throws(StoreError) {
    try forEachSettled { _, record throws(StoreError) in try body(record) }
  }

  /// Drops what was settled before a moment: reads altogether, or only the answers of reads. Returns what was dropped, in one write.
  public func collectSettled(
    reads: Int64?, answers: Int64?
  ) throws(StoreError) -> (reads: [SettledRecord], answers: [SettledRecord]) {
    var dropped: (reads: [SettledRecord], answers: [SettledRecord]) = ([], [])
    var batch = WriteBatch()
    try forEachSettled { key, record throws(StoreError) in
      if let reads, record.settledAt < reads {
        batch.delete(key)
        dropped.reads.append(record)
      } else if let answers, record.settledAt < answers, record.answers != nil {
        self.put(record.withoutAnswers, to: &batch)
        dropped.answers.append(record)
      }
    }
    if !batch.isEmpty { try ledger.alone { [batch] () throws(StoreError) in try ledger.write(batch, pins: [:]) } }
    return dropped
  }

  private func forEachSettled(_ body: ([UInt8], SettledRecord) throws(StoreError) -> Void) throws(StoreError) {
    let cursor = try ledger.store.snapshot().cursor(KeyRange(prefix: StoreKey.records(Kind.settled)))
    while let (key, value) = try cursor.next() {
      let record = try StoredValue.read(value, form: 1, key: key, "a settled read") { reader throws(ByteReader.Failure) in
        SettledRecord(
          read: try reader.string(), branch: try reader.string(), sql: try reader.string(), settledAt: try reader.signed(),
          verdict: try reader.array(), answers: try reader.optional { reader throws(ByteReader.Failure) in try reader.array() })
      }
      try body(key, record)
    }
  }

  private func put(_ record: SettledRecord, to batch: inout WriteBatch) {
    var writer = ByteWriter()
    writer.write(record.read)
    writer.write(record.branch)
    writer.write(record.sql)
    writer.write(signed: record.settledAt)
    writer.write(record.verdict)
    writer.write(record.answers) { $0.write($1) }
    // Times before 2000 are below zero: turned around, they come first.
    let time = StoreKey.bytes(UInt64(bitPattern: record.settledAt) ^ 1 << 63)
    let key = Registry.prefix(Kind.settled, record.branch) + time + Array(record.read.utf8)
    batch.put(key, StoredValue.wrap(writer.bytes, form: 1, key: key))
  }
}
