import Glibc
import Synchronization

/// Ctrl-C. Until somebody catches it, it ends the program at once; then the first one is noted, and a second one ends the program.
enum Interrupt {
  private static let came = Atomic(false)

  static var hasCome: Bool { came.load(ordering: .relaxed) }

  /// From now on the work itself looks whether it is to stop.
  static func catchIt() {
    signal(SIGINT) { _ in
      if Interrupt.came.exchange(true, ordering: .relaxed) { _exit(130) }
    }
  }
}
