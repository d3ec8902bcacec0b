/// Sums of whole columns of numbers that lie inline at one scale, which is how a column's numbers mostly are.
extension Numeric {
  /// The sums or differences side by side; nil if a pair does not lie inline, differs in scale or overflows.
  public static func sums(_ a: [Numeric], _ b: [Numeric], subtracting: Bool) -> [Numeric]? {
    precondition(a.count == b.count)
    var isComplete = true
    let sums = [Numeric](unsafeUninitializedCapacity: a.count) { out, filled in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          for row in 0..<a.count {
            guard case .inline(let x) = a[row].form, case .inline(let y) = b[row].form, x.scale == y.scale else {
              isComplete = false
              break
            }
            // Both are below 10^38, so the sum does not leave 128 bits.
            let sum = subtracting ? x.coefficient &- y.coefficient : x.coefficient &+ y.coefficient
            guard sum.magnitude < inlineLimit else {
              isComplete = false
              break
            }
            out.initializeElement(at: row, to: Numeric(Inline(sum, scale: x.scale)))
            filled = row + 1
          }
        }
      }
    }
    return isComplete ? sums : nil
  }
}
