import Relations

/// How a column's values are read: its type, taken apart once, so that a value costs one jump.
struct ColumnReader: Sendable {
  let form: Form
  /// As declared.
  let type: SQLType
  /// What arrays of the type hold, for `array`; what a domain is made of, for `printed`.
  let inner: SQLType
  /// A declared length, or a declared precision; `Int.max` without.
  let limit: Int
  /// A declared scale; nil for a `numeric` that keeps each value's own.
  let scale: Int?
  /// Whether the text of a value is printed by a function of the user's, or is put together of other values.
  let isOpaque: Bool
  /// Whether the column's type is one that the schema declares, which programs that capture changes write in ways of their own.
  let isDeclared: Bool

  enum Form: UInt8, BitwiseCopyable, Sendable {
    case bool, integer, float4, float8, numeric, uuid, date, time, timetz, timestamp, timestamptz, interval
    /// `text` and `varchar(n)`; `char(n)`, which is filled up with blanks.
    case text, padded
    case bytea, json, jsonb, array
    /// A range, or the address of a network: what is printed once it was read.
    case reprinted
    /// Everything else: what PostgreSQL prints, as it is.
    case printed
  }

  /// - Parameters:
  ///   - type: what values are stored as.
  ///   - declared: the column's own type.
  ///   - schema: what knows the domain, if the type is one.
  init(_ type: SQLType, declared: SQLType, in schema: Schema) {
    isDeclared = declared.id >= .firstUserDefined
    self.type = type
    let base = Self.base(of: type, in: schema)
    form = Self.form(type, base: base, in: schema)
    inner = form == .array ? Self.element(of: base) : base
    let digits = type.precisionAndScale
    limit = type.declaredLength ?? digits?.precision ?? .max
    scale = digits?.scale
    isOpaque = Self.isOpaque(base.id, in: schema)
  }
}

extension ColumnReader {
  /// Whether there are texts of the type that PostgreSQL may read and we do not.
  var mayBeUnread: Bool {
    switch form {
    case .date, .time, .timetz, .timestamp, .timestamptz, .interval, .json, .jsonb, .array, .reprinted: true
    default: false
    }
  }

  private static func form(_ type: SQLType, base: SQLType, in schema: Schema) -> Form {
    switch type.id {
    case .bool: return .bool
    case .int2, .int4, .int8: return .integer
    case .float4: return .float4
    case .float8: return .float8
    case .numeric: return .numeric
    case .uuid: return .uuid
    case .date: return .date
    case .time: return .time
    case .timetz: return .timetz
    case .timestamp: return .timestamp
    case .timestamptz: return .timestamptz
    case .interval: return .interval
    case .text, .varchar: return .text
    case .bytea: return .bytea
    case .bpchar: return type.declaredLength == nil ? .text : .padded
    default: break
    }
    assert(type.id.layout == .bytes, "a type with a layout of its own is read as what it is")
    switch base.id {
    case .json: return .json
    case .jsonb: return .jsonb
    default: return isArray(base.id, in: schema) ? .array : type.id.isReprinted ? .reprinted : .printed
    }
  }

  /// What a domain is made of, in the end.
  private static func base(of type: SQLType, in schema: Schema) -> SQLType {
    var type = type
    // A domain is made of types that were there before it.
    while case .domain(let domain)? = schema[type.id]?.definition { type = domain.base }
    return type
  }

  /// A declared type that the schema does not tell is the array that PostgreSQL declares along with one.
  private static func isArray(_ type: TypeID, in schema: Schema) -> Bool {
    if let facts = BuiltInTypes.facts(of: type) { return facts.arrayElement != nil && facts.name.hasPrefix("_") }
    return type >= .firstUserDefined && schema[type] == nil
  }

  private static func isOpaque(_ type: TypeID, in schema: Schema) -> Bool {
    guard type >= .firstUserDefined else { return false }
    if case .enumeration? = schema[type]?.definition { return false }
    return true
  }

  private static func element(of array: SQLType) -> SQLType {
    BuiltInTypes.facts(of: array.id)?.arrayElement.map { SQLType($0, modifier: array.modifier) } ?? .unknown
  }
}

extension TypeID {
  fileprivate var isReprinted: Bool { rangedElement != nil || self == .inet || self == .cidr }
}
