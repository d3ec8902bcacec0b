import Engine

/// Reads a file by another processor while what was read before is taken in: a few parts ahead, however long the file is.
struct ReadAhead<Part: Sendable, Summary: Sendable> {
  private let parts: Channel<Part>
  private let reading: Errand<Summary>

  /// - Parameters:
  ///   - count: how many parts ahead.
  ///   - read: reads it, on a thread of its own, and sends each part for as long as that says that more is wanted; what it comes to is
  ///   what there is to say of the whole.
  init(parts count: Int = 4, _ read: @escaping @Sendable (_ send: (Part) -> Bool) throws -> Summary) {
    let parts = Channel<Part>(capacity: count)
    self.parts = parts
    reading = Errand {
      defer { parts.close() }
      return try read { parts.send($0) }
    }
  }

  /// nil where the file ends, or cannot be read: `summary` says which.
  func next() -> Part? { parts.receive() }

  /// For use at the end.
  var summary: Summary { get throws { try reading.outcome() } }

  /// Whoever takes nothing more says so, or the reader would wait for ever. It is not waited for: it may stand before a pipe.
  func stop() { parts.close() }
}
