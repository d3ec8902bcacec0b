/// Types as PostgreSQL's `format_type` prints them.
extension TypeID: CustomStringConvertible {
  /// As messages name the type: `integer`, `timestamp without time zone`, `text[]`; `???` if PostgreSQL brings no such type.
  public var description: String { description(BuiltInTypes.facts) }

  /// As `description`, with what the caller knows of further types.
  public func description(_ facts: (TypeID) -> TypeFacts?) -> String { print(self, modifier: nil, facts) }
}

extension SQLType: CustomStringConvertible {
  /// As a column is declared: `numeric(10,2)`, `character varying(20)[]`, `timestamp(3) with time zone`.
  public var description: String { description(BuiltInTypes.facts) }

  /// As `description`, with what the caller knows of further types.
  public func description(_ facts: (TypeID) -> TypeFacts?) -> String { print(id, modifier: modifier, facts) }
}

/// A type that is said to have no modifier (`-1`) may print differently from one of which nothing is said (nil), because the bare
/// SQL names `character` and `bit` mean a length of one.
private func print(_ type: TypeID, modifier: Int32?, _ facts: (TypeID) -> TypeFacts?) -> String {
  if type.oid == 0 { return "-" }
  guard let known = facts(type) else { return "???" }
  // The two "vectors" are arrays of a fixed form, and types of their own to the eye.
  if let element = known.arrayElement, known.name.utf8.first == UInt8(ascii: "_") {
    return print(element, modifier: modifier, facts) + "[]"
  }
  let digits = modifier.map { TypeModifier.print($0, of: type) } ?? ""
  switch type {
  case .bit: return modifier == -1 ? "\"bit\"" : "bit" + digits
  case .bool: return "boolean"
  case .bpchar: return modifier == -1 ? "bpchar" : "character" + digits
  case .float4: return "real"
  case .float8: return "double precision"
  case .int2: return "smallint"
  case .int4: return "integer"
  case .int8: return "bigint"
  case .interval: return "interval" + digits
  case .numeric: return "numeric" + digits
  case .time: return "time\(digits) without time zone"
  case .timetz: return "time\(digits) with time zone"
  case .timestamp: return "timestamp\(digits) without time zone"
  case .timestamptz: return "timestamp\(digits) with time zone"
  case .varbit: return "bit varying" + digits
  case .varchar: return "character varying" + digits
  default: return Identifier.quoted(known.name) + digits
  }
}
