import Glibc

/// The one thread that parses and walks trees. Its stack is deep enough for every text within the limits, whatever called.
///
/// libpg_query recurses as deep as a text nests, and a thread of a task pool may have half a megabyte. A call costs two switches of
/// threads, a multiple of what a plain question takes: so what is known to be shallow runs where it is called, if there is stack enough.
/// A caller with many deep texts runs them all within one `run`, because calls from the thread itself are plain calls.
///
/// The jobs wait in a list of their callers' stack frames. Unchecked, because everything mutable is under the mutex, except
/// `thread`, which is written before `init` returns.
final class ParserThread: @unchecked Sendable {
  static let shared = ParserThread()

  #if DEBUG
    // Frames are several times as large.
    static let stackSize = 256 << 20
  #else
    static let stackSize = 64 << 20
  #endif

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var thread = pthread_t()
  private var first: UnsafeMutablePointer<Job>?
  private var last: UnsafeMutablePointer<Job>?

  /// What a waiting caller wants run. Lives in its frame until `done` is posted.
  private struct Job {
    let work: () -> Void
    var done = sem_t()
    var next: UnsafeMutablePointer<Job>?
  }

  private init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(arrival, nil)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, ParserThread.stackSize)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let failure = pthread_create(
      &thread, &attributes,
      { opaque in
        Unmanaged<ParserThread>.fromOpaque(opaque!).takeUnretainedValue().serve()
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
    precondition(failure == 0, "a thread with a stack of \(ParserThread.stackSize) bytes can be had (\(failure))")
    pthread_attr_destroy(&attributes)
  }

  var isCurrent: Bool { pthread_equal(pthread_self(), thread) != 0 }
}

extension ParserThread {
  /// Runs `work` on a text of so many levels: here, or on the thread.
  func run<R>(levels: Int, _ work: () -> R) -> R {
    isCurrent || ThreadStack.remaining >= (levels + 4) * ParserThread.stackPerLevel ? work() : run(work)
  }

  /// As generous as the thread itself is at the deepest level: 2 000 of these. A debug build's frames are several times as large, and the
  /// thread has room for them because nothing binds 2 000 levels.
  #if DEBUG
    static let stackPerLevel = 4 * stackSize / 2_000
  #else
    static let stackPerLevel = stackSize / 2_000
  #endif

  /// Runs `work` on the thread and returns when it is done.
  func run<R>(_ work: () -> R) -> R {
    if isCurrent { return work() }
    var result: R?
    withoutActuallyEscaping({ result = work() }) { (escaping: @escaping () -> Void) in
      var job = Job(work: escaping)
      sem_init(&job.done, 0, 0)
      withUnsafeMutablePointer(to: &job) { job in
        enqueue(job)
        while sem_wait(&job.pointee.done) != 0 {}  // A signal may interrupt it.
      }
      sem_destroy(&job.done)
    }
    return result!
  }

  private func enqueue(_ job: UnsafeMutablePointer<Job>) {
    pthread_mutex_lock(mutex)
    if let last { last.pointee.next = job } else { first = job }
    last = job
    pthread_cond_signal(arrival)
    pthread_mutex_unlock(mutex)
  }

  private func serve() {
    while true {
      let job = dequeue()
      job.pointee.work()
      // From here on the job is its caller's again.
      sem_post(&job.pointee.done)
    }
  }

  private func dequeue() -> UnsafeMutablePointer<Job> {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let job = first {
        first = job.pointee.next
        if first == nil { last = nil }
        return job
      }
      pthread_cond_wait(arrival, mutex)
    }
  }
}
