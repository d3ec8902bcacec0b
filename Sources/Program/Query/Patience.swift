import Glibc
import Synchronization

/// Says that it is still at work, when somebody is looking: a line on standard error, which is gone when there is something to print.
/// Ctrl-C needs nothing from us: it ends the process wherever it is, and nothing that we leave behind needs an end.
final class Patience: Sendable {
  private let isOver = Atomic<Bool>(false)

  /// Does something that may take a while.
  static func during<R>(_ body: () -> R) -> R {
    guard isatty(2) == 1 else { return body() }
    let patience = Patience()
    var thread = pthread_t()
    let started = pthread_create(
      &thread, nil,
      { patience in
        Unmanaged<Patience>.fromOpaque(patience!).takeUnretainedValue().tick()
        return nil
      }, Unmanaged.passUnretained(patience).toOpaque())
    let result = body()
    patience.isOver.store(true, ordering: .releasing)
    if started == 0 { pthread_join(thread, nil) }
    return result
  }

  private func tick() {
    let pause: UInt32 = 20_000
    var ticks = 0
    while !isOver.load(ordering: .acquiring) {
      usleep(pause)
      ticks += 1
      let (seconds, rest) = (ticks * Int(pause)).quotientAndRemainder(dividingBy: 1_000_000)
      if rest == 0 { FileHandle.standardError.write("\ranswering: \(seconds) s, Ctrl-C stops ") }
    }
    if ticks * Int(pause) >= 1_000_000 { FileHandle.standardError.write("\r\u{1B}[K") }
  }
}
