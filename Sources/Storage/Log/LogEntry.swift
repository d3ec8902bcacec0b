import Relations

/// One value of the log: what was made durable together.
///
///     0, then the number of batches, and each with its length in front     transactions
///     1, then the event                                                    anything else
///
/// Several writers that waited for one sync share an entry, each with the batch that it encoded itself.
enum LogEntry: Sendable {
  case transactions([StoredTransactions])
  case event(StreamEvent)

  static let form: UInt8 = 1
}

extension LogEntry {
  /// - Parameter batches: each as `ByteWriter` wrote it.
  static func bytes(transactions batches: [[UInt8]]) -> [UInt8] {
    var writer = ByteWriter(minimumCapacity: batches.reduce(8) { $0 + $1.count + 4 })
    writer.write(byte: 0)
    writer.write(batches) { $0.write($1) }
    return writer.bytes
  }

  static func bytes(event: StreamEvent) -> [UInt8] { [1] + event.storedBytes }

  static func read(_ value: [UInt8], key: [UInt8]) throws(StoreError) -> LogEntry {
    try StoredValue.read(value, form: form, key: key, "an entry of the log") { reader throws(ByteReader.Failure) in
      switch try reader.byte() {
      case 0:
        return .transactions(
          try reader.list { reader throws(ByteReader.Failure) in
            var part = ByteReader(try reader.raw(try reader.count()))
            let transactions = try part.transactions()
            try part.finish()
            return transactions
          })
      case 1: return .event(try reader.event())
      default: throw ByteReader.Failure("an entry of no kind")
      }
    }
  }

  /// The transactions of an entry without their changes; none if it is an event.
  static func headers(_ value: [UInt8], key: [UInt8]) throws(StoreError) -> [Transaction.Header] {
    var headers: [Transaction.Header] = []
    var reader = ByteReader(try StoredValue.unwrap(value, form: form, key: key, "an entry of the log"))
    do throws(ByteReader.Failure) {
      guard try reader.byte() == 0 else { return [] }
      for _ in 0..<(try reader.count()) {
        var part = ByteReader(try reader.raw(try reader.count()))
        headers += try part.headers()
      }
    } catch {
      throw .corrupt(StoredValue.named("an entry of the log", key), why: error.why)
    }
    return headers
  }
}
