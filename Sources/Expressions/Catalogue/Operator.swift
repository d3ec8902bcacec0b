import Relations

/// An operator, as `pg_operator` declares it. Like `Function`, a place in an index.
public struct Operator: Sendable {
  let definitions: Definitions
  let place: Int
}

extension Operator {
  /// PostgreSQL's number for it.
  public var id: OperatorID { OperatorID(entry.oid) }
  /// The symbol: `+`, `<=`, `~~*`.
  public var name: String { definitions.string(entry.name) }
  /// Nil for a prefix operator.
  public var left: TypeID? { entry.left.oid == 0 ? nil : entry.left }
  /// The declared type of the right operand.
  public var right: TypeID { entry.right }
  /// The declared type of what comes out.
  public var result: TypeID { entry.result }
  /// What computes it.
  public var function: FunctionID { FunctionID(entry.function) }
  /// `a op b` is `b commutator a`.
  public var commutator: OperatorID? { entry.commutator == 0 ? nil : OperatorID(entry.commutator) }
  /// `a op b` is `NOT (a negator b)`.
  public var negator: OperatorID? { entry.negator == 0 ? nil : OperatorID(entry.negator) }
  /// Whether it can drive a merge join.
  public var canMerge: Bool { entry.canMerge }
  /// Whether it can drive a hash join.
  public var canHash: Bool { entry.canHash }
  /// The orders and hashes in which it has a part, the default ones of its types and others.
  public var families: ArraySlice<FamilyMembership> { definitions.families[entry.families] }

  /// Whether it is the equality of some order or hash, so that equal values are of one class.
  public var isEquality: Bool { families.contains { $0.comparison == .equal } }

  var entry: OperatorEntry { definitions.operators[place] }
}

extension Operator: Hashable {
  /// Operators are the same if their numbers are.
  public static func == (a: Operator, b: Operator) -> Bool { a.id == b.id }
  /// By number.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// What an operator does in an order: PostgreSQL's btree strategies, by number.
public enum Comparison: UInt8, Hashable, Sendable, CaseIterable {
  case less = 1
  case lessOrEqual = 2
  case equal = 3
  case greaterOrEqual = 4
  case greater = 5
}

/// Operators of one family agree with each other on an order or a hash, also across types: `int4 < int8` is in the family of both.
public struct OperatorFamily: Hashable, Sendable {
  /// What the family is for: order or hashing.
  public enum Method: UInt8, Hashable, Sendable {
    case btree = 0x62  // b
    case hash = 0x68  // h
  }

  /// What it is for.
  public let method: Method
  /// PostgreSQL's number for it.
  public let oid: UInt32

  /// The family of a number.
  public init(_ method: Method, _ oid: UInt32) {
    self.method = method
    self.oid = oid
  }
}

/// An operator's part in a family.
public struct FamilyMembership: Hashable, Sendable {
  /// Where.
  public let family: OperatorFamily
  /// As what.
  public let comparison: Comparison
}
