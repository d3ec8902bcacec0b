import Glibc

/// Lets many writers share a sync: the first who comes leads and does the work of all who wait; the others wait for him.
///
/// A monitor and not a task, because a writer's thread waits for the disk anyway.
final class GroupCommit: Sendable {
  private let line = Monitor(Line())

  private struct Line {
    var waiting: [AppendRequest] = []
    var isLed = false
  }

  /// Queues a request. The order of calls is the order in which they take effect.
  func submit(_ request: AppendRequest) { line.withLock { $0.waiting.append(request) } }

  /// Returns once a request is done, by whomever.
  ///
  /// - Parameter lead: does all that were waiting, in their order, and sets what came of each.
  func wait(for request: AppendRequest, pause: UInt32, lead: ([AppendRequest]) -> Void) {
    while true {
      let isDone = line.withLock(when: { !$0.isLed || request.outcome != nil }) { line in
        if request.outcome != nil { return true }
        line.isLed = true
        return false
      }
      if isDone { return }
      if pause > 0 { usleep(pause) }
      lead(
        line.withLock { line in
          defer { line.waiting = [] }
          return line.waiting
        })
      line.change { $0.isLed = false }
    }
  }

  /// Does something while nobody appends.
  func alone<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
    line.withLock(when: { !$0.isLed }) { $0.isLed = true }
    defer { line.change { $0.isLed = false } }
    return try body()
  }
}
