import Glibc
import Synchronization

/// A line on standard error that says how far long work has come, if somebody sits before it; a few times a second, and not before the
/// work has taken a moment.
final class Progress: Sendable {
  private let isShown: Bool
  private let start = ContinuousClock.now
  private let last = Mutex<(moment: ContinuousClock.Instant, isWritten: Bool)>((.now, false))

  init() { isShown = isatty(2) == 1 }

  /// - Parameter total: nil where nobody knows it.
  func tell(_ what: String, _ done: Int, of total: Int?, _ unit: String) {
    guard isShown else { return }
    let now = ContinuousClock.now
    guard now - start > .milliseconds(200) else { return }
    last.withLock { last in
      guard now - last.moment > .milliseconds(200) else { return }
      last = (now, true)
      FileHandle.standardError.write("\r\u{1B}[K" + line(what, done, total, unit, now - start))
    }
  }

  private func line(_ what: String, _ done: Int, _ total: Int?, _ unit: String, _ taken: Duration) -> String {
    let seconds = Double(taken.components.seconds) + Double(taken.components.attoseconds) / 1e18
    let rate = Double(done) / max(seconds, 0.001)
    var line = "\(what) \(done)" + (total.map { " of \($0)" } ?? "") + " \(unit), \(Int(rate)) a second"
    if let total, rate > 0, done < total { line += ", \(Int(Double(total - done) / rate) + 1) s left" }
    return line
  }

  /// Takes the line away.
  func end() {
    last.withLock { last in
      if last.isWritten { FileHandle.standardError.write("\r\u{1B}[K") }
      last.isWritten = false
    }
  }
}
