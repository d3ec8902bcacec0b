import Expressions
import Relations
import TestKit
import Testing

@Suite struct ResolutionCoercionsTests {
  /// Types with modifiers, which casts between the types apply, on top of those that have none.
  static let modified = [
    "numeric(10,2)", "numeric(5,-2)", "varchar(5)", "varchar(20)", "char(3)", "char(20)", "bit(4)", "varbit(6)", "timestamp(3)",
    "timestamp(0)", "timestamptz(3)", "time(2)", "timetz(2)", "interval(3)", "interval day to second(2)", "interval year to month",
    "numeric(10,2)[]", "varchar(5)[]", "char(3)[]", "timestamp(3)[]", "interval(3)[]",
  ]

  @Test func `every explicit cast between two types takes PostgreSQL's way`() throws {
    let types = try (ResolutionTypes.common + Self.modified).map { try SQLType(parsing: $0) }
    var oracle = try ResolutionOracle.open(columns: types)
    try oracle.makeTable(.builtIn)
    var pairs: [(Int?, SQLType)] = []
    for target in types {
      pairs.append((nil, target))
      for source in types.indices { pairs.append((source, target)) }
    }
    try compareCasts(.builtIn, &oracle, pairs)
  }

  @Test(arguments: Cases.seeds(1))
  func `casts of what a schema adds take PostgreSQL's way`(seed: UInt64) throws {
    let (catalogue, open) = try ResolutionSchema.open()
    var random = SplitMix64(seed: seed)
    let pairs = (0..<4_000).map { _ in
      let source = Int.random(in: 0..<open.oracle.columns.count, using: &random)
      let target = open.oracle.columns.randomElement(using: &random) ?? .text
      return (Int.random(in: 0..<8, using: &random) == 0 ? nil : source, target)
    }
    try compareCasts(catalogue, &open.oracle, pairs)
  }

  @Test func `implicit and assignment coercions are allowed where PostgreSQL allows them`() throws {
    let types = ResolutionTypes.all
    var oracle = try ResolutionOracle.open(columns: types)
    try oracle.makeTable(.builtIn)
    // A function of one candidate is called by whatever is implicitly coerced to its argument.
    for (place, type) in types.enumerated() {
      try oracle.execute("CREATE FUNCTION takes\(place)(\(type)) RETURNS int LANGUAGE sql AS 'SELECT 1'")
    }
    var pairs = types.indices.flatMap { source in types.indices.map { (source, $0) } }
    var random = SplitMix64(seed: Cases.replayed ?? 1)
    pairs.shuffle(using: &random)
    pairs = Array(pairs.prefix(Cases.count(8_000)))
    let implicit = try oracle.states(pairs.map { "takes\($0.1)(c\($0.0))" })
    let assigned = try oracle.states(
      pairs.map { "(c\($0.1)) SELECT c\($0.0)" }, in: "PREPARE asked AS INSERT INTO t %s FROM t")
    for (place, (source, target)) in pairs.enumerated() {
      let (source, target) = (types[source].id, types[target].id)
      let ours = [CoercionContext.implicit, .assignment].map { Catalogue.builtIn.coercion(from: source, to: target, $0) != nil }
      #expect(
        ours == [implicit[place].isEmpty, assigned[place].isEmpty],
        "\(source) to \(target): \(implicit[place]) \(assigned[place])")
    }
    #expect(implicit.contains("") && implicit.contains("42883") && assigned.contains("") && assigned.contains("42804"))
  }

  /// Asks for casts from a column, or from a literal, to a type.
  private func compareCasts(_ catalogue: Catalogue, _ oracle: inout ResolutionOracle, _ pairs: [(source: Int?, target: SQLType)])
    throws
  {
    let ours = pairs.map { pair in
      catalogue.findSteps(from: pair.source.map { oracle.columns[$0] } ?? .unknown, to: pair.target, .explicit)
    }
    let sql = pairs.map { "CAST(\($0.source.map { "c\($0)" } ?? "NULL") AS \(catalogue.name(of: $0.target)))" }
    let answers = try oracle.answers(zip(sql, ours).map { .init(sql: $0, isRefused: $1 == nil) })
    var differences: [String] = []
    for place in pairs.indices {
      let from = pairs[place].source.map { catalogue.name(of: oracle.columns[$0]) } ?? "literal"
      switch (ours[place], answers[place]) {
      case (nil, .error("42846")): continue
      case (let steps?, .tree(let tree)):
        if telling(steps) != telling(ResolutionCoercionsTests.steps(tree)) {
          differences.append("\(from), \(sql[place]): \(steps), not \(ResolutionCoercionsTests.steps(tree))")
        }
      case (let steps, let answer): differences.append("\(from), \(sql[place]): \(String(describing: steps)), not \(answer)")
      }
    }
    #expect(ours.contains { $0 == nil } && ours.contains { ($0?.count ?? 0) > 1 })
    #expect(differences.isEmpty, "\(differences.count) of \(pairs.count)\n\(differences.prefix(20).joined(separator: "\n"))")
  }

  /// Without those steps that do nothing to a value: PostgreSQL puts some in and leaves some out where only a name changes.
  private func telling(_ steps: [CoercionStep]) -> [CoercionStep] {
    steps.compactMap { step in
      switch step {
      case .relabel: nil
      case .elements(let steps, let result):
        telling(steps).isEmpty ? nil : .elements(telling(steps), result: result)
      default: step
      }
    }
  }

  /// The steps that PostgreSQL takes, the innermost first.
  private static func steps(_ node: ResolutionNode) -> [CoercionStep] {
    let type = TypeID(node.type)
    switch node.label {
    case "CONST":
      return [.input(SQLType(type, modifier: Int32(truncatingIfNeeded: Int64(node.number("consttypmod")))))]
    case "FUNCEXPR":
      let arguments = node.nodes("args")
      let cast = CastArguments(
        modifier: arguments.count > 1 ? arguments[1].constant : nil,
        isExplicit: arguments.count > 2 ? arguments[2].constant == 1 : nil)
      return steps(arguments[0]) + [.call(FunctionID(node.number("funcid")), result: type, cast)]
    case "COERCEVIAIO": return steps(node.nodes("arg")[0]) + [.inputOutput(type)]
    case "ARRAYCOERCEEXPR":
      return steps(node.nodes("arg")[0]) + [.elements(steps(node.nodes("elemexpr")[0]), result: type)]
    case "COERCETODOMAIN": return steps(node.nodes("arg")[0]) + [.domain(type)]
    case "RELABELTYPE": return steps(node.nodes("arg")[0]) + [.relabel(type)]
    default: return []
    }
  }
}
