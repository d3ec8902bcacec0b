import Glibc

/// Work that another processor does while this one goes on.
///
///     let reads = Errand { try binding(file) }
///     …
///     try reads.outcome()
///
/// Unchecked, because the outcome is written before the thread ends and read after.
final class Errand<Outcome: Sendable>: @unchecked Sendable {
  private let work: @Sendable () throws -> Outcome
  private var done: Result<Outcome, any Error>?
  private var thread = pthread_t()

  init(_ work: @escaping @Sendable () throws -> Outcome) {
    self.work = work
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, 16 << 20)
    let failure = pthread_create(
      &thread, &attributes,
      { opaque in
        let errand = Unmanaged<AnyErrand>.fromOpaque(opaque!).takeRetainedValue()
        errand.run()
        return nil
      }, Unmanaged.passRetained(AnyErrand { self.done = Result { try self.work() } }).toOpaque())
    // Without a thread it is done here.
    if failure != 0 { done = Result { try work() } } else { isElsewhere = true }
  }

  private var isElsewhere = false

  /// Waits for it.
  func outcome() throws -> Outcome {
    if isElsewhere {
      pthread_join(thread, nil)
      isElsewhere = false
    }
    return try done!.get()
  }
}

/// What a thread can be handed: a C function knows no generics.
private final class AnyErrand {
  let run: () -> Void
  init(_ run: @escaping () -> Void) { self.run = run }
}
