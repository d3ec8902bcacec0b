import Glibc

/// State that threads share, one at a time, and wait for: a mutex, a condition, and what they guard.
///
///     let line = Monitor<[Job]>([])
///     line.change { $0.append(job) }                              // wakes those who wait
///     let job = line.change(when: { !$0.isEmpty }) { $0.removeFirst() }
///
/// For threads that may block. `@unchecked Sendable`, because the state is touched under the lock only.
public final class Monitor<State>: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  public init(_ state: sending State) {
    self.state = state
    pthread_mutex_init(lock, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    pthread_cond_destroy(changed)
    lock.deallocate()
    changed.deallocate()
  }

  /// Does something with the state that nobody waits for.
  ///
  /// - Parameter condition: waited for; asked again whenever somebody has changed the state.
  public func withLock<Value>(when condition: (State) -> Bool = { _ in true }, _ body: (inout State) -> Value) -> Value {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while !condition(state) { pthread_cond_wait(changed, lock) }
    return body(&state)
  }

  /// The same, and wakes all who wait.
  public func change<Value>(when condition: (State) -> Bool = { _ in true }, _ body: (inout State) -> Value) -> Value {
    withLock(when: condition) { state in
      defer { pthread_cond_broadcast(changed) }
      return body(&state)
    }
  }
}
