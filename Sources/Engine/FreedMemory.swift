import Glibc

/// What becomes of memory that was freed.
public enum FreedMemory {
  /// Keeps it with the process: long work takes it again and again, and the kernel clears each page that it gives out anew, which was three
  /// quarters of an audit's time. For a process that does one long thing, or runs for long. Pieces that are larger than any that comes
  /// often are given back: among small ones they would leave holes that nothing fits into.
  public static func keep() {
    _ = mallopt(Parameter.mapThreshold, 64 << 20)
    _ = mallopt(Parameter.trimThreshold, .max)
  }

  /// Leaves something where it is, because the process is about to end: giving back a million pieces one by one takes longer than a short
  /// audit's verdicts.
  public static func abandon<Thing>(_ thing: Thing) { _ = Unmanaged.passRetained(Abandoned(thing)) }

  private final class Abandoned<Thing> {
    private let thing: Thing
    init(_ thing: Thing) { self.thing = thing }
  }

  private enum Parameter {
    static let trimThreshold: Int32 = -1
    static let mapThreshold: Int32 = -3
  }
}

/// Not in Swift's module of the library.
@_silgen_name("mallopt") private func mallopt(_ parameter: Int32, _ value: Int32) -> Int32
