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
    var outcomes: [Outcome] = []
    outcomes.reserveCapacity(tasks.count)
    inOrder(of: tasks, threads: threads, work) { outcomes.append($0) }
    return outcomes
  }

  /// The same, handed on one by one while later ones are still worked on.
  public static func inOrder<Task: Sendable, Outcome: Sendable>(
    of tasks: [Task], threads: Int, _ work: @escaping @Sendable (Task) -> Outcome, take: (Outcome) -> Void
  ) {
    let desk = Desk(tasks, work)
    let others = (1..<max(1, min(threads, tasks.count))).map { _ in Errand { desk.empty() } }
    while desk.doNext() { while let outcome = desk.collect() { take(outcome) } }
    for other in others { try? other.outcome() }
    while let outcome = desk.collect() { take(outcome) }
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
  private let state: Mutex<State>

  private struct State {
    var next = 0
    var done: [Outcome?]
    /// How many of these were collected.
    var collected = 0
  }

  init(_ tasks: [Task], _ work: @escaping @Sendable (Task) -> Outcome) {
    self.tasks = tasks
    self.work = work
    state = Mutex(State(done: Array(repeating: nil, count: tasks.count)))
  }

  func empty() { while doNext() {} }

  /// Does the next task; false if nothing is left to be begun.
  func doNext() -> Bool {
    guard let place = take() else { return false }
    let outcome = work(tasks[place])
    state.withLock { $0.done[place] = outcome }
    return true
  }

  /// The first outcome that was not collected; nil if it is not there, or all were.
  func collect() -> Outcome? {
    state.withLock { state in
      guard state.collected < tasks.count, let outcome = state.done[state.collected] else { return nil }
      state.done[state.collected] = nil
      state.collected += 1
      return outcome
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
