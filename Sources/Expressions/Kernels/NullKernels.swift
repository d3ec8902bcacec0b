import Relations

/// `num_nulls` and `num_nonnulls`, which take any arguments.
enum NullKernels {
  static let all: [(String, Kernel)] = [
    ("pg_num_nulls", Kernel { a in counted(a) { $0 } }), ("pg_num_nonnulls", Kernel { a in counted(a) { a.operands.count - $0 } }),
  ]

  private static func counted(_ a: Kernel.Arguments, _ result: (Int) -> Int) -> Kernel.Outcome {
    let maps = a.operands.compactMap(\.nulls)
    return a.numbered { row in result(maps.reduce(0) { $0 + ($1[row] ? 1 : 0) }) }
  }
}
