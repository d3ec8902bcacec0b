#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Square roots of whole numbers of any size, by Newton's method from above: each step doubles the digits that are right.
extension Magnitude {
  /// The greatest whole number whose square is not above.
  var squareRoot: Magnitude {
    if isZero { return self }
    // The leading digits give the first sixteen of the root, rounded up.
    let shift = Swift.max(digitCount - 18, 0) + (Swift.max(digitCount - 18, 0) & 1)
    let leading = shiftedDown(shift).inlineValue ?? 0
    var root = (Magnitude(UInt128((Double(leading).squareRoot() * (1 + 1e-14)).rounded(.up)) + 2)).shiftedUp(shift / 2)
    while true {
      let next = (root + divided(by: root).quotient).divided(by: 2 as UInt64).quotient
      if next >= root { return root }
      root = next
    }
  }
}
