import Engine
import Formats
import Relations
import Storage

/// Reads main's log by another processor while what was read before is taken in: a few batches ahead, however long the log is.
struct LogAhead {
  private let line: Monitor<Line>
  private let reading: Errand<LogParts.Summary>

  private struct Line {
    var waiting: [LogParts.Part] = []
    /// Whether nothing more comes, or nothing more is wanted.
    var isClosed = false
  }

  private static let ahead = 4

  /// - Parameter open: makes what is read from; on the thread that reads.
  init(_ open: @escaping @Sendable () throws -> LogParts) {
    let line = Monitor(Line())
    self.line = line
    reading = Errand {
      defer { line.change { $0.isClosed = true } }
      let parts = try open()
      while let part = try parts.next() {
        let isWanted = line.change(when: { $0.waiting.count < Self.ahead || $0.isClosed }) { line in
          line.waiting.append(part)
          return !line.isClosed
        }
        if !isWanted { break }
      }
      return parts.summary
    }
  }

  /// nil where the log ends, or cannot be read: `summary` says which.
  func next() -> LogParts.Part? {
    line.change(when: { !$0.waiting.isEmpty || $0.isClosed }) { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
  }

  /// For use at the end.
  var summary: LogParts.Summary { get throws { try reading.outcome() } }

  /// Whoever takes nothing more says so, or the reader would wait for ever. It is not waited for: it may stand before a pipe.
  func stop() { line.change { $0.isClosed = true } }
}
