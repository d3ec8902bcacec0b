import Relations

/// Functions, operators, casts and operator classes in flat arrays, with the indexes to find them by: PostgreSQL's own in one
/// instance, what a schema adds in another.
///
/// Built for some 3 200 functions and 800 operators that are indexed once and then asked for by name, a handful of candidates
/// each time. Names stay bytes of one text; entries of one name are neighbours, so a name finds a range of places.
final class Definitions: Sendable {
  let bytes: [UInt8]
  let functions: [FunctionEntry]
  let argumentTypes: [TypeID]
  let extras: [FunctionExtras]
  let operators: [OperatorEntry]
  let families: [FamilyMembership]
  let casts: [TypePair: Cast]
  let classes: [OperatorClass]

  private let functionNames: NameIndex
  private let operatorNames: NameIndex
  private let functionNumbers: NumberIndex
  private let operatorNumbers: NumberIndex

  init(_ lists: consuming DefinitionLists) {
    bytes = lists.bytes
    functions = lists.functions
    argumentTypes = lists.argumentTypes
    extras = lists.extras
    operators = lists.operators
    families = lists.families
    casts = lists.casts
    classes = lists.classes
    functionNames = NameIndex(lists.functions.map(\.name), in: lists.bytes)
    operatorNames = NameIndex(lists.operators.map(\.name), in: lists.bytes)
    functionNumbers = NumberIndex(lists.functions.map(\.oid))
    operatorNumbers = NumberIndex(lists.operators.map(\.oid))
  }

  func functions(named name: String) -> Range<Int> { functionNames.places(of: name, in: bytes) }
  func operators(named name: String) -> Range<Int> { operatorNames.places(of: name, in: bytes) }
  func function(_ id: FunctionID) -> Int? { functionNumbers.place(of: id.oid) }
  func operatorPlace(_ id: OperatorID) -> Int? { operatorNumbers.place(of: id.oid) }

  func arguments(of entry: FunctionEntry) -> ArraySlice<TypeID> {
    argumentTypes[Int(entry.firstArgument)..<Int(entry.firstArgument) + Int(entry.argumentCount)]
  }

  func string(_ slice: TextSlice) -> String { String(decoding: bytes[slice.range], as: UTF8.self) }
}

/// Some of the bytes of a `Definitions`.
struct TextSlice: Sendable {
  var start: UInt32 = 0
  var count: UInt32 = 0

  init() {}
  init(_ range: Range<Int>) {
    start = UInt32(range.lowerBound)
    count = UInt32(range.count)
  }

  var isEmpty: Bool { count == 0 }
  var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

struct FunctionEntry: Sendable {
  var oid: UInt32
  var name: TextSlice
  /// Empty if there is none.
  var symbol: TextSlice
  var result: TypeID
  var firstArgument: UInt32
  var argumentCount: UInt8
  var kind: Function.Kind
  var volatility: Function.Volatility
  var isStrict: Bool
  var returnsSet: Bool
  /// The place of what few functions have; -1 for the many.
  var extras: Int32 = -1
}

struct FunctionExtras: Sendable {
  var variadic = TypeID(0)
  var defaults = TextSlice()
  var defaultCount: UInt8 = 0
  var names = TextSlice()
  var columns = TextSlice()
  var aggregate: AggregateFacts?
}

struct OperatorEntry: Sendable {
  var oid: UInt32
  var name: TextSlice
  /// 0 for a prefix operator.
  var left: TypeID
  var right: TypeID
  var result: TypeID
  var function: UInt32
  var commutator: UInt32
  var negator: UInt32
  var canMerge: Bool
  var canHash: Bool
  var families: Range<Int>
}

struct TypePair: Hashable, Sendable {
  let source: TypeID
  let target: TypeID
}

/// The family that orders or hashes a type unless another is asked for.
struct OperatorClass: Sendable {
  let type: TypeID
  let family: OperatorFamily
}

/// What a `Definitions` is made from. Functions of one name are neighbours, and so are operators.
struct DefinitionLists {
  var bytes: [UInt8] = []
  var functions: [FunctionEntry] = []
  var argumentTypes: [TypeID] = []
  var extras: [FunctionExtras] = []
  var operators: [OperatorEntry] = []
  var families: [FamilyMembership] = []
  var casts: [TypePair: Cast] = [:]
  var classes: [OperatorClass] = []
}
