import Glibc
import Relations
import Synchronization

/// A thread that keeps a ledger small while others append, read and pin: it derives what is in memory, and collects what nobody can ask
/// from any more.
///
///     let keeper = LedgerKeeper(ledger, clock: { now }) { error in log(error) }
///     …
///     keeper.stop()
///
/// A round that fails changes nothing that was acknowledged; the next one tries again. Which moment it is, whoever starts it says.
public final class LedgerKeeper: Sendable {
  private let ledger: DurableLedger
  private let options: Options
  private let clock: @Sendable () -> Int64
  private let failed: @Sendable (StoreError) -> Void
  private let isStopped = Atomic(false)
  /// nil once it has been waited for.
  private let thread = Mutex<pthread_t?>(nil)

  public struct Options: Sendable {
    /// How long transactions stay whole after their commit, for late forks, `as_of` and exact "since", in microseconds; nil for ever:
    /// then nothing is collected.
    public var keeps: Int64? = 7 * 86_400_000_000
    /// How long it rests between rounds, in microseconds.
    public var pause: UInt32 = 1_000_000
    /// Where nothing is collected, how many bytes may be in memory until they are derived.
    public var tail = 32 << 20

    public init() {}

    /// For a while in which much is appended: only derives what has gathered in memory, often.
    public static var deriving: Options {
      var options = Options()
      (options.keeps, options.pause) = (nil, 10_000)
      return options
    }
  }

  /// Starts it.
  ///
  /// - Parameters:
  ///   - clock: the present, in microseconds from 2000-01-01 UTC, as commit times are; not asked where nothing is collected.
  ///   - failed: told of every round that threw.
  public init(
    _ ledger: DurableLedger, _ options: Options = Options(), clock: @escaping @Sendable () -> Int64 = { 0 },
    failed: @escaping @Sendable (StoreError) -> Void
  ) {
    self.ledger = ledger
    self.options = options
    self.clock = clock
    self.failed = failed
    thread.withLock { thread in
      var started = pthread_t()
      let result = pthread_create(
        &started, nil,
        { pointer in
          Unmanaged<LedgerKeeper>.fromOpaque(pointer!).takeRetainedValue().run()
          return nil
        }, Unmanaged.passRetained(self).toOpaque())
      precondition(result == 0, "a thread can be started")
      thread = started
    }
  }

  /// Ends it after the round that it is at.
  public func stop() {
    isStopped.store(true, ordering: .releasing)
    guard let thread = thread.withLock({ $0.take() }) else { return }
    pthread_join(thread, nil)
  }

  private func run() {
    while !isStopped.load(ordering: .acquiring) {
      do throws(StoreError) { try round() } catch { failed(error) }
      var rest = options.pause
      while rest > 0, !isStopped.load(ordering: .acquiring) {
        let nap = min(rest, 10_000)
        usleep(nap)
        rest -= nap
      }
    }
  }

  private func round() throws(StoreError) {
    if let keeps = options.keeps {
      try LedgerKeeper.round(of: ledger, keeping: keeps, now: clock())
    } else {
      try ledger.derive(beyond: options.tail)
    }
  }

  /// Collects up to where transactions need not stay whole.
  static func round(of ledger: DurableLedger, keeping keeps: Int64, now: Int64) throws(StoreError) {
    try ledger.collect(horizon: ledger.read().horizon(keeping: keeps, now: now))
  }
}

extension LedgerReader {
  /// The horizon before which a collection may go: transactions that were committed later than that stay whole. As it is, where commits
  /// have no times.
  ///
  /// - Parameters:
  ///   - keeps: how long transactions stay whole after their commit, in microseconds.
  ///   - now: the present, as commit times are.
  public func horizon(keeping keeps: Int64, now: Int64) throws(StoreError) -> Position {
    guard try commitTime(at: end) != nil else { return horizon }
    do throws(StoreError) { return max(horizon, try position(at: now &- keeps)) } catch {
      // The moment is before the horizon.
      if case .notRetained = error { return horizon }
      throw error
    }
  }
}
