import Relations
enum DateTimeKernels { static let all: [(String, Kernel)] = [] }
enum ClockKernels { static let all: [(String, Kernel)] = []
  static func kernel(for: Expression.ClockReading) -> Kernel { .identity } }

