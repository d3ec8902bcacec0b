/// How values of a type lie in a column. Types that share a layout share its kernels; what tells them apart is the type.
public enum Layout: Sendable {
  /// `bool`: one bit a row.
  case bits
  /// Whole numbers and what is counted in them: `int2/4/8`, `date` (days), `timestamp[tz]` (microseconds), from 2000-01-01.
  case integers
  /// `float8`.
  case floats
  /// `numeric`: scaled integers, or exact numbers of any size.
  case numerics
  /// `uuid`: 128 bits, most significant first.
  case uuids
  /// Text, and every type whose turn has not come: bytes, as PostgreSQL prints them.
  case bytes
}

extension TypeID {
  public var layout: Layout {
    switch self {
    case .bool: .bits
    case .int2, .int4, .int8, .date, .timestamp, .timestamptz: .integers
    case .float8: .floats
    case .numeric: .numerics
    case .uuid: .uuids
    default: .bytes
    }
  }

  /// Whether values of the type are understood; the others are stored and printed as they came, and nothing else.
  public var isEvaluated: Bool {
    switch self {
    case .text, .varchar, .bpchar, .unknown: true
    default: layout != .bytes
    }
  }
}
