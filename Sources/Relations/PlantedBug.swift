#if PLANTED_BUGS
  import Glibc
#endif

/// Bugs that are planted on purpose, to see the tests notice them.
///
///     let isInside = key < end || (key == end && Planted.bug("an end counts"))
///
/// Built with `-D PLANTED_BUGS`, the one whose name is in `PREMISE_BUG` is alive; `make test-planted` runs the tests with each.
/// Built otherwise there is nothing of it: the condition is the constant `false`.
public enum Planted {
  #if PLANTED_BUGS
    private static let chosen = getenv("PREMISE_BUG").map { Array(String(cString: $0).utf8) } ?? []

    /// Whether the bug of this name is alive.
    public static func bug(_ name: StaticString) -> Bool {
      chosen.count == name.utf8CodeUnitCount && memcmp(chosen, name.utf8Start, chosen.count) == 0
    }
  #else
    /// Whether the bug of this name is alive.
    @inlinable @inline(__always)
    public static func bug(_ name: StaticString) -> Bool { false }
  #endif
}
