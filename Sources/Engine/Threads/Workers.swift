import Glibc
import Synchronization

/// Several processors that share a list of tasks.
public enum Workers {
  /// How many processors there are.
  public static var available: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// What each task comes to, in their order, whoever did it.
  public static func outcomes<Task: Sendable, Outcome: Sendable>(
    of tasks: [Task], threads: Int, _ work: @escaping @Sendable (Task) -> Outcome
  ) -> [Outcome] {
    let desk = Desk(tasks, work)
    let others = (1..<max(1, min(threads, tasks.count))).map { _ in Errand { desk.empty() } }
    desk.empty()
    for other in others { try? other.outcome() }
    return desk.outcomes
  }
}

extension Range<Int> {
  /// The same in parts of a size, the last one as long as it may be.
  public func parts(of size: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: size).map { $0..<Swift.min($0 + size, upperBound) }
  }
}

/// Where whoever is free takes the next task.
private final class Desk<Task: Sendable, Outcome: Sendable>: Sendable {
  private let tasks: [Task]
  private let work: @Sendable (Task) -> Outcome
  private let state: Mutex<(next: Int, done: [Outcome?])>

  init(_ tasks: [Task], _ work: @escaping @Sendable (Task) -> Outcome) {
    self.tasks = tasks
    self.work = work
    state = Mutex((0, Array(repeating: nil, count: tasks.count)))
  }

  var outcomes: [Outcome] { state.withLock { $0.done.map { $0! } } }

  func empty() {
    while let place = take() {
      let outcome = work(tasks[place])
      state.withLock { $0.done[place] = outcome }
    }
  }

  private func take() -> Int? {
    state.withLock { state in
      guard state.next < tasks.count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }
}
