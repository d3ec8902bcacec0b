/// How values of a type lie in a column. Types that share a layout share its kernels; what tells them apart is the type.
public enum Layout: Sendable {
  /// `bool`: one bit a row.
  case bits
  /// Whole numbers and what is counted in them: `int2/4/8`; `date` (days) and `timestamp[tz]` (microseconds), from 2000-01-01; `time`
  /// (microseconds from midnight) and `timetz` (see `ZonedTime`).
  case integers
  /// `float8`, and `float4` as the `float8` of the same value.
  case floats
  /// `numeric`: scaled integers, or exact numbers of any size.
  case numerics
  /// `uuid`: 128 bits, most significant first.
  case uuids
  /// `interval`: months, days and microseconds.
  case intervals
  /// Text, `bytea`, arrays, ranges and documents in their stored forms, and every type whose turn has not come: bytes, as PostgreSQL prints them.
  case bytes
}

extension TypeID {
  public var layout: Layout {
    switch self {
    case .bool: .bits
    case .int2, .int4, .int8, .date, .time, .timetz, .timestamp, .timestamptz: .integers
    case .float4, .float8: .floats
    case .numeric: .numerics
    case .uuid: .uuids
    case .interval: .intervals
    default: .bytes
    }
  }

  /// Whether values of the type are understood; the others are stored and printed as they came, and nothing else.
  public var isEvaluated: Bool {
    switch self {
    case .text, .varchar, .bpchar, .unknown, .bytea, .json, .jsonb, .jsonpath, .inet, .cidr: true
    default: layout != .bytes || rangedElement != nil || (arrayElement?.isEvaluated ?? false)
    }
  }
}

extension SQLType {
  /// Whether values that are equal look the same to a reader of an answer, who reads numerics by value: -0 and 0 do not, nor do `1 mon`
  /// and `30 days`, blanks at the end of a `char` without a length, and arrays and documents of such.
  public var isReadByEquality: Bool {
    switch id {
    case .float4, .float8, .interval, .json: false
    case .bpchar: modifier >= 4
    default: id.isEvaluated && !id.isComposed
    }
  }
}
