import Glibc

/// Lets many writers share a sync: the first who comes leads and does the work of all who wait; the others wait for him.
///
/// A monitor: everything here is guarded by the lock. `@unchecked Sendable` for that reason. POSIX conditions and not a task, because
/// a writer's thread waits for the disk anyway.
final class GroupCommit: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var waiting: [AppendRequest] = []
  private var isLed = false

  init() {
    pthread_mutex_init(lock, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    pthread_cond_destroy(changed)
    lock.deallocate()
    changed.deallocate()
  }

  /// Queues a request. The order of calls is the order in which they take effect.
  func submit(_ request: AppendRequest) {
    pthread_mutex_lock(lock)
    waiting.append(request)
    pthread_mutex_unlock(lock)
  }

  /// Returns once a request is done, by whomever.
  ///
  /// - Parameter lead: does all that were waiting, in their order, and sets what came of each.
  func wait(for request: AppendRequest, pause: UInt32, lead: ([AppendRequest]) -> Void) {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while request.outcome == nil {
      if isLed {
        pthread_cond_wait(changed, lock)
        continue
      }
      isLed = true
      if pause > 0 {
        pthread_mutex_unlock(lock)
        usleep(pause)
        pthread_mutex_lock(lock)
      }
      let requests = waiting
      waiting = []
      pthread_mutex_unlock(lock)
      lead(requests)
      pthread_mutex_lock(lock)
      isLed = false
      pthread_cond_broadcast(changed)
    }
  }

  /// Does something while nobody appends.
  func alone<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
    pthread_mutex_lock(lock)
    while isLed { pthread_cond_wait(changed, lock) }
    isLed = true
    pthread_mutex_unlock(lock)
    defer {
      pthread_mutex_lock(lock)
      isLed = false
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(lock)
    }
    return try body()
  }
}
