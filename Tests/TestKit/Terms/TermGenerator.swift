import Expressions
import Relations

/// Makes random expressions over a table's columns, typed well enough that most of them bind and few of them raise.
///
/// Whatever the catalogue lists and the evaluator computes is used, so that a function is tested from the day it is added.
public struct TermGenerator {
  public private(set) var columns: [SQLType]
  public var random: SplitMix64
  /// Whether to leave out what PostgreSQL would mostly refuse or raise: arguments of other types, casts from anything to anything.
  public var isTame = false
  /// Functions of evaluated types that the evaluator computes, and the operators over them.
  let functions: [Function]
  let operators: [Operator]

  public init(columns: [SQLType], seed: UInt64, catalogue: Catalogue = .builtIn) {
    self.columns = columns
    random = SplitMix64(seed: seed)
    functions = catalogue.functions.filter { $0.isTestable(catalogue) }
    let testable = Set(functions.map(\.id))
    operators = catalogue.operators.filter { testable.contains($0.function) }
  }

  /// The same generator over other columns.
  public func over(_ columns: [SQLType]) -> TermGenerator {
    var other = self
    other.columns = columns
    return other
  }
}

extension Function {
  /// Computed by us, and deterministic given the clock and the settings. The oracle's statements start later than its transaction.
  fileprivate func isTestable(_ catalogue: Catalogue) -> Bool {
    kind == .function && !returnsSet && volatility != .volatile && name != "statement_timestamp" && catalogue.evaluates(self)
      && result.isEvaluated
      && arguments.allSatisfy(\.isEvaluated) && !arguments.contains(.unknown) && result != .unknown
  }
}

// MARK: - By what is at the root

extension TermGenerator {
  /// One term for each operator and function, with arguments of just its types.
  public mutating func coveringTerms(depth: Int) -> [(name: String, term: Term)] {
    var terms: [(name: String, term: Term)] = []
    for function in functions {
      terms.append((function.description, call(function, depth)))
    }
    for candidate in operators {
      terms.append((candidate.description, infix(candidate, depth)))
    }
    return terms
  }

  private mutating func call(_ function: Function, _ depth: Int) -> Term {
    var types = Array(function.arguments)
    if let element = function.variadicElement {
      types = types.dropLast() + Array(repeating: element, count: Int.random(in: 1...2, using: &random))
    }
    var arguments = types.map { argument($0, depth) }
    // These make texts as long as they are told to; a gigabyte a row proves nothing that forty characters do not.
    if ["repeat", "lpad", "rpad", "bpchar"].contains(function.name), arguments.count > 1 {
      arguments[1] = .extreme(.least, [arguments[1], .number("40")])
    }
    return .call(function.name, arguments)
  }

  private mutating func infix(_ candidate: Operator, _ depth: Int) -> Term {
    guard let left = candidate.left else { return .prefix(candidate.name, argument(candidate.right, depth)) }
    return .infix(candidate.name, argument(left, depth), argument(candidate.right, depth))
  }
}

// MARK: - By type

extension TermGenerator {
  public static let types: [SQLType] = [
    .bool, .int2, .int4, .int8, .numeric, .float8, .text, .varchar, .bpchar, .date, .timestamp, .timestamptz, .uuid, .interval,
    .time,
    .timetz, .float4, .bytea, SQLType(.jsonb), SQLType(TypeID(1009)), SQLType(TypeID(1007)),
  ]

  /// A term of any type.
  public mutating func term(depth: Int) -> Term {
    // Half of all are conditions: there are many ways to make one.
    term(of: chance(2) ? .bool : Self.types.randomElement(using: &random)!.id, depth)
  }

  /// A term that is of the type, or will be made so.
  public mutating func term(of type: TypeID, _ depth: Int) -> Term {
    if depth <= 0 || chance(6) { return leaf(type) }
    switch Int.random(in: 0..<(type == .bool ? 10 : 5), using: &random) {
    case 0 where isTame: return leaf(type)
    case 0: return .cast(term(of: Self.types.randomElement(using: &random)!.id, depth - 1), modified(type))
    case 1: return choice(type, depth)
    case 2, 3, 4: return application(type, depth)
    case 5, 6: return logic(depth)
    default: return comparison(depth)
    }
  }

  /// An argument: mostly of just the type, now and then of one that must be coerced or is refused.
  private mutating func argument(_ type: TypeID, _ depth: Int) -> Term {
    !isTame && chance(25) ? term(of: Self.types.randomElement(using: &random)!.id, depth - 1) : term(of: type, depth - 1)
  }

  private mutating func leaf(_ type: TypeID) -> Term {
    let fitting = columns.indices.filter { columns[$0].id == type }
    if !fitting.isEmpty && !chance(4) { return .column(fitting.randomElement(using: &random)!) }
    if chance(8) { return chance(2) ? .literal(nil) : .cast(.literal(nil), SQLType(type)) }
    if type == .bool && chance(2) { return .boolean(chance(2)) }
    let text = SampleTexts.text(of: type, using: &random)
    if type.isNumber, chance(2), text.allSatisfy({ $0.isNumber || $0 == "." || $0 == "-" }) { return .number(text) }
    return !isTame && chance(5) ? .literal(text) : .cast(.literal(text), modified(type))
  }

  private mutating func modified(_ type: TypeID) -> SQLType {
    guard chance(3) else { return SQLType(type) }
    switch type {
    case .numeric: return .numeric(Int32.random(in: 3...20, using: &random), Int32.random(in: 0...3, using: &random))
    case .time, .timetz: return SQLType(type, modifier: Int32.random(in: 0...6, using: &random))
    case .interval: return (try? SQLType(parsing: Self.intervals.randomElement(using: &random)!)) ?? .interval
    case .varchar: return .varchar(Int32.random(in: 1...12, using: &random))
    case .bpchar: return .bpchar(Int32.random(in: 1...12, using: &random))
    default: return SQLType(type)
    }
  }

  private static let intervals = [
    "interval year", "interval year to month", "interval day", "interval day to hour", "interval day to second(2)", "interval(0)",
    "interval minute to second", "interval hour to minute", "interval month",
  ]

  private mutating func application(_ type: TypeID, _ depth: Int) -> Term {
    if chance(2), let function = functions.filter({ $0.result == type }).randomElement(using: &random) {
      return call(function, depth)
    }
    guard let candidate = operators.filter({ $0.result == type }).randomElement(using: &random) else { return leaf(type) }
    return infix(candidate, depth)
  }

  private mutating func chance(_ outOf: Int) -> Bool { Int.random(in: 0..<outOf, using: &random) == 0 }
}

extension TypeID {
  fileprivate var isNumber: Bool { [.int2, .int4, .int8, .numeric, .float4, .float8].contains(self) }
}

// MARK: - Special forms

extension TermGenerator {
  private mutating func several(_ type: TypeID, _ depth: Int, _ counts: ClosedRange<Int> = 1...3) -> [Term] {
    (0..<Int.random(in: counts, using: &random)).map { _ in argument(type, depth) }
  }

  private mutating func choice(_ type: TypeID, _ depth: Int) -> Term {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return .coalesce(several(type, depth))
    case 1: return .nullIf(argument(type, depth), argument(type, depth))
    case 2: return .extreme(chance(2) ? .greatest : .least, several(type, depth))
    case 3: return .branches(operand: nil, branches(on: .bool, type, depth), otherwise: chance(3) ? nil : argument(type, depth))
    default:
      let subject = Self.types.randomElement(using: &random)!.id
      return .branches(
        operand: argument(subject, depth), branches(on: subject, type, depth), otherwise: chance(3) ? nil : argument(type, depth))
    }
  }

  private mutating func branches(on subject: TypeID, _ type: TypeID, _ depth: Int) -> [(condition: Term, value: Term)] {
    (0..<Int.random(in: 1...2, using: &random)).map { _ in (argument(subject, depth), argument(type, depth)) }
  }

  private mutating func logic(_ depth: Int) -> Term {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return .not(argument(.bool, depth))
    case 1: return .isTruth(argument(.bool, depth), [.true, .false, .unknown].randomElement(using: &random)!, negated: chance(2))
    case 2: return .isNull(argument(Self.types.randomElement(using: &random)!.id, depth), negated: chance(2))
    case 3: return .and(several(.bool, depth, 2...3))
    default: return .or(several(.bool, depth, 2...3))
    }
  }

  private mutating func comparison(_ depth: Int) -> Term {
    let type = Self.types.randomElement(using: &random)!.id
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return .isDistinct(argument(type, depth), argument(type, depth), negated: chance(2))
    case 1: return .isIn(argument(type, depth), several(type, depth, 1...4), negated: chance(2))
    case 2:
      return .between(argument(type, depth), argument(type, depth), argument(type, depth), negated: chance(2), symmetric: chance(3))
    default:
      let symbol = ["=", "<>", "<", "<=", ">", ">="].randomElement(using: &random)!
      return .infix(symbol, argument(type, depth), argument(type, depth))
    }
  }
}

// MARK: - Names for the report

extension Function {
  fileprivate var description: String { "\(name)(\(arguments.map(\.description).joined(separator: ", ")))" }
}

extension Operator {
  fileprivate var description: String { "\(left.map { $0.description + " " } ?? "")\(name) \(right.description)" }
}
