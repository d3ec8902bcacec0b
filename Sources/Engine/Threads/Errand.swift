import Glibc
import Synchronization

/// Work that another processor does while this one goes on.
///
///     let reads = Errand { try binding(file) }
///     …
///     try reads.outcome()
///
/// Unchecked, because what it comes to is written before the thread ends and read after.
public final class Errand<Outcome: Sendable>: @unchecked Sendable {
  private let work: @Sendable () throws -> Outcome
  private var done: Result<Outcome, any Error>?
  /// The thread that does it, until somebody has waited for it.
  private let thread = Mutex<pthread_t?>(nil)

  /// - Parameter apart: whether there is a processor for it; if not, it is done before this returns.
  public init(apart: Bool = true, _ work: @escaping @Sendable () throws -> Outcome) {
    self.work = work
    let isBegun = apart && thread.withLock { self.begin(&$0) }
    if !isBegun { done = Result { try work() } }
  }

  /// Waits for it. Several may.
  public func outcome() throws -> Outcome {
    thread.withLock { thread in
      if let thread { pthread_join(thread, nil) }
      thread = nil
    }
    return try done!.get()
  }

  /// - Returns: whether there is a thread for it.
  private func begin(_ started: inout pthread_t?) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    // Plans are trees, and whoever walks them goes deep.
    pthread_attr_setstacksize(&attributes, 16 << 20)
    let work = Unmanaged.passRetained(AnyErrand { self.done = Result { try self.work() } })
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, &attributes,
      { opaque in
        Unmanaged<AnyErrand>.fromOpaque(opaque!).takeRetainedValue().run()
        return nil
      }, work.toOpaque())
    if failure == 0 { started = thread } else { work.release() }
    return failure == 0
  }
}

/// What a thread can be handed: a C function knows no generics.
private final class AnyErrand {
  let run: () -> Void
  init(_ run: @escaping () -> Void) { self.run = run }
}
