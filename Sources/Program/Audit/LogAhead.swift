import Engine

/// Reads main's log by another processor while what was read before is taken in: a few batches ahead, however long the log is.
struct LogAhead {
  private let parts: Channel<LogParts.Part>
  private let reading: Errand<LogParts.Summary>

  /// - Parameter open: makes what is read from; on the thread that reads.
  init(_ open: @escaping @Sendable () throws -> LogParts) {
    let parts = Channel<LogParts.Part>(capacity: 4)
    self.parts = parts
    reading = Errand {
      defer { parts.close() }
      let log = try open()
      while let part = try log.next(), parts.send(part) {}
      return log.summary
    }
  }

  /// nil where the log ends, or cannot be read: `summary` says which.
  func next() -> LogParts.Part? { parts.receive() }

  /// For use at the end.
  var summary: LogParts.Summary { get throws { try reading.outcome() } }

  /// Whoever takes nothing more says so, or the reader would wait for ever. It is not waited for: it may stand before a pipe.
  func stop() { parts.close() }
}
