/// The comparisons of the types' own orders, by the names under which PostgreSQL links them. They are defined for all values: none raises,
/// and all are computed.
public enum ComparisonSymbols {
  /// What stands before `eq`, `ne`, `lt`, `le`, `gt` and `ge`. Text has two: its equality is called otherwise than its order.
  public static let stems: [String] =
    ["2", "4", "8", "24", "28", "42", "48", "82", "84"].map { "int" + $0 } + [
      "bool", "float4", "float8", "float48", "float84", "numeric_", "text", "text_", "bpchar", "uuid_", "date_", "time_", "timetz_",
      "timestamp_", "timestamptz_", "interval_",
    ]

  public static let all: Set<String> = Set(stems.flatMap { stem in ["eq", "ne", "lt", "le", "gt", "ge"].map { stem + $0 } })

  /// Those, and the comparisons of types that no index of ours is over.
  public static let total: Set<String> = all.union(
    ["bytea", "jsonb_", "range_", "multirange_", "network_"].flatMap { stem in
      ["eq", "ne", "lt", "le", "gt", "ge"].map { stem + $0 }
    })

  /// What else is asked of two ranges, which is defined for all of them as well.
  public static let ofRanges: Set<String> = Set(
    ["contains", "contained_by", "overlaps", "adjacent", "before", "after", "overleft", "overright"].flatMap { name in
      ["range_\(name)", "range_\(name)_multirange", "multirange_\(name)_range", "multirange_\(name)_multirange"]
    } + ["range_contains_elem", "multirange_contains_elem", "elem_contained_by_range", "elem_contained_by_multirange"])
}

extension Catalogue {
  /// Whether a function compares two values by the order or the equality that groups and joins go by.
  public func compares(_ id: FunctionID) -> Bool { (function(id)?.symbol).map(ComparisonSymbols.all.contains) ?? false }
}
