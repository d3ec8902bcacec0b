/// What PostgreSQL's type resolution, its coercions and its printing know of a type.
///
/// The 185 built-in ones are in `BuiltInTypes`; enums, domains and whatever else a schema declares come as further values of
/// this type, see `Catalogue.adding`.
public struct TypeFacts: Hashable, Sendable {
  /// The type.
  public let id: TypeID
  /// As in `pg_type`: `int4`, `_int4`, `bpchar`. What a person reads is `TypeID.description`.
  public let name: String
  /// What it is made like.
  public let kind: TypeKind
  /// Groups types that convert into each other; decides among candidates for an operator or a function.
  public let category: TypeCategory
  /// Whether this is the type of its category to choose when in doubt: `text`, `float8`, `timestamptz` and a few more.
  public let isPreferred: Bool
  /// What a subscript gives: of arrays, and of the few fixed-length types that PostgreSQL subscripts (`name`, `point`, …).
  public let element: TypeID?
  /// The array type over this one.
  public let array: TypeID?
  /// A range's subtype, a multirange's range, a domain's base type. Read through `subtype`, `range`, `base`.
  public let related: TypeID?
  /// The modifier that a domain puts on its base type.
  public let baseModifier: Int32
  /// A range's multirange.
  public let multirange: TypeID?
  /// PostgreSQL's number for the collation of values that have no other; nil for types without one.
  public let collation: UInt32?

  /// Facts as a schema gives them: what is left out, the type does not have.
  public init(
    id: TypeID, name: String, kind: TypeKind, category: TypeCategory, isPreferred: Bool = false, element: TypeID? = nil,
    array: TypeID? = nil, related: TypeID? = nil, baseModifier: Int32 = -1, multirange: TypeID? = nil, collation: UInt32? = nil
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.category = category
    self.isPreferred = isPreferred
    self.element = element
    self.array = array
    self.related = related
    self.baseModifier = baseModifier
    self.multirange = multirange
    self.collation = collation
  }
}

extension TypeFacts {
  /// The element type if this is an array in PostgreSQL's sense, `int2vector` and `oidvector` among them.
  public var arrayElement: TypeID? { kind == .array ? element : nil }
  /// What a range is a range of.
  public var subtype: TypeID? { kind == .range ? related : nil }
  /// What a multirange has many of.
  public var range: TypeID? { kind == .multirange ? related : nil }
  /// What a domain is made of, itself perhaps a domain.
  public var base: SQLType? { kind == .domain ? related.map { SQLType($0, modifier: baseModifier) } : nil }
  /// Whether values are compared by a collation.
  public var isCollatable: Bool { collation != nil }
}

/// What a type is made like. The raw values are those of the generated table, PostgreSQL's where it has one.
public enum TypeKind: UInt8, Hashable, Sendable {
  case base = 0x62  // b
  case array = 0x61  // a
  case range = 0x72  // r
  case multirange = 0x6D  // m
  /// Not a type of stored values: `unknown`, `record`, `anyelement`, …
  case pseudo = 0x70  // p
  case `enum` = 0x65  // e
  case domain = 0x64  // d
  case composite = 0x63  // c
}

/// One of PostgreSQL's letters for a group of types; a schema may invent further letters.
public struct TypeCategory: Hashable, Sendable {
  /// As in `pg_type.typcategory`.
  public let letter: UInt8
  /// The category of a letter, known or invented.
  public init(_ letter: UInt8) { self.letter = letter }

  /// Arrays.
  public static let array = TypeCategory(0x41)  // A
  /// `bool`.
  public static let boolean = TypeCategory(0x42)  // B
  /// Declared row types.
  public static let composite = TypeCategory(0x43)  // C
  /// Dates, times and moments.
  public static let dateTime = TypeCategory(0x44)  // D
  /// Enums.
  public static let `enum` = TypeCategory(0x45)  // E
  /// Numbers, and what is numbered: `oid`, `regclass`.
  public static let numeric = TypeCategory(0x4E)  // N
  /// Types of no stored values.
  public static let pseudo = TypeCategory(0x50)  // P
  /// Ranges and multiranges.
  public static let range = TypeCategory(0x52)  // R
  /// Text.
  public static let string = TypeCategory(0x53)  // S
  /// `interval`.
  public static let timespan = TypeCategory(0x54)  // T
  /// Whatever is in no other.
  public static let user = TypeCategory(0x55)  // U
  /// `bit` and `varbit`.
  public static let bitString = TypeCategory(0x56)  // V
  /// Literals whose type nothing says yet.
  public static let unknown = TypeCategory(0x58)  // X
}
