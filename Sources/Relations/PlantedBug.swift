#if PLANTED_BUGS
  import Glibc
#endif

/// Bugs that are planted on purpose, to see the tests notice them.
///
///     let isInside = key < end || (key == end && Planted.bug("an end is inside"))
///
/// Built with `-D PLANTED_BUGS`, the one whose name is in `PREMISE_BUG` is alive; `make test-planted` runs the tests with each.
/// Built otherwise there is nothing of it: the condition is the constant `false`.
public enum Planted {
  #if PLANTED_BUGS
    private static let chosen = getenv("PREMISE_BUG").map { String(cString: $0) }

    /// Whether the bug of this name is alive.
    public static func bug(_ name: StaticString) -> Bool {
      guard let chosen else { return false }
      return chosen.utf8.count == name.utf8CodeUnitCount && chosen == name.description
    }
  #else
    /// Whether the bug of this name is alive.
    @inlinable @inline(__always)
    public static func bug(_ name: StaticString) -> Bool { false }
  #endif
}
