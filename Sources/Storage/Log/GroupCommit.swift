import Glibc

/// Lets many writers share a sync: the first who comes leads and does the work of all who wait; the others wait for him, and one of those
/// who came meanwhile leads next. Each is woken once, when there is something for it to do: waking all to look takes longer than a sync.
///
/// A monitor and not a task, because a writer's thread waits for the disk anyway.
final class GroupCommit: Sendable {
  private let line = Monitor(Line())

  private struct Line {
    var waiting: [AppendRequest] = []
    /// Whether somebody leads, or is alone.
    var isLed = false
    /// How many want to be alone: nobody leads before they have been.
    var loners = 0

    /// Who leads next of those who wait to be told; if nobody does, whoever comes.
    mutating func next() -> AppendRequest? {
      let next = loners > 0 ? nil : waiting.first(where: \.isAwaited)
      isLed = next != nil
      return next
    }
  }

  /// Queues a request. The order of calls is the order in which they take effect.
  func submit(_ request: AppendRequest) { line.withLock { $0.waiting.append(request) } }

  /// Returns once a request is done, by whomever.
  ///
  /// - Parameter lead: does all that were waiting, in their order, and sets what came of each.
  func wait(for request: AppendRequest, pause: UInt32, lead: ([AppendRequest]) -> Void) {
    let now = line.withLock { line -> AppendRequest.Call? in
      if request.isDone { return .done }
      if line.isLed || line.loners > 0 {
        request.isAwaited = true
        return nil
      }
      line.isLed = true
      return .lead
    }
    guard now ?? request.sleep() == .lead else { return }
    if pause > 0 { usleep(pause) }
    let group = line.withLock { line in
      defer { line.waiting = [] }
      return line.waiting
    }
    lead(group)
    let next = line.change { line in
      for request in group { request.isDone = true }
      return line.next()
    }
    for other in group where other !== request && other.isAwaited { other.wake(for: .done) }
    // Who leads next is woken last: so some of the others are back in time to share its sync.
    next?.wake(for: .lead)
  }

  /// Does something while nobody appends.
  func alone<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
    line.withLock { $0.loners += 1 }
    line.withLock(when: { !$0.isLed }) { line in
      line.isLed = true
      line.loners -= 1
    }
    defer { line.change { $0.next() }?.wake(for: .lead) }
    return try body()
  }
}
