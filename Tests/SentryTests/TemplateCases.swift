import Expressions
import Queries
import Relations
import SQL
import TestKit

/// Random templates over the sample table, constants for them, and changes of the table.
struct TemplateCases {
  private var generator: TermGenerator
  private let binder: Binder

  static let names = ["ordinal"] + SampleTable.names
  static let types = [SQLType.int4] + SampleTable.types
  static let table = TableID(1)

  init(seed: UInt64) {
    generator = TermGenerator(columns: SampleTable.types, seed: seed)
    var schema = Schema(collation: "C")
    let columns = zip(Self.names, Self.types).enumerated().map { place, column in
      TableColumn(ColumnID(Int16(place + 1)), Identifier(column.0), column.1)
    }
    schema.add(Table(schema.newTableID(), QualifiedName("public", "sample"), columns: columns))
    binder = Binder(schema)
  }

  mutating func pick(_ outOf: Int) -> Int { Int.random(in: 0..<outOf, using: &generator.random) }
  private mutating func one<Element>(_ elements: [Element]) -> Element { elements.randomElement(using: &generator.random)! }
}

// MARK: - Templates

extension TemplateCases {
  /// A template that binds, with the text it came from.
  mutating func template() -> (text: String, template: Template, footprint: Footprint) {
    while true {
      let text = "SELECT \(projection()) FROM sample WHERE \(condition())"
      guard let query = try? binder.query(text) else { continue }
      let (template, _) = query.template
      guard let footprint = template.query.footprints.first else { continue }
      return (text, template, footprint)
    }
  }

  /// The template of a text.
  func template(_ text: String) throws -> (template: Template, footprint: Footprint) {
    let (template, _) = try binder.query(text).template
    return (template, template.query.footprints[0])
  }

  private mutating func projection() -> String {
    switch pick(4) {
    case 0: "count(*)"
    case 1: "sum(\(one(["a1", "a2", "a3", "a4", "price"])))"
    case 2: "*"
    default: "\(one(Self.names)), \(one(Self.names))"
    }
  }

  private mutating func condition() -> String {
    (0...pick(3)).map { _ in conjunct() }.joined(separator: " AND ")
  }

  private mutating func conjunct() -> String {
    let place = pick(SampleTable.names.count)
    let (name, type) = (SampleTable.names[place], SampleTable.types[place])
    let comparison = one(["<", "<=", ">", ">="])
    switch pick(20) {
    case 0...4: return "\(name) = \(literal(type))"
    case 5, 6: return "\(name) \(comparison) \(literal(type))"
    case 7: return "\(literal(type)) \(comparison) \(name)"
    case 8, 9: return "\(name) BETWEEN \(literal(type)) AND \(literal(type))"
    case 10, 11: return "\(name) IN (\((0...pick(3)).map { _ in literal(type) }.joined(separator: ", ")))"
    case 12: return "\(name) IS \(one(["", "NOT "]))NULL"
    case 13: return one(["b1 + 1 \(comparison) 7", "a2 > 7 + 3", "10 / b1 > 2", "b4 / 3.0 > b1", "lower(b6) = 'paid'", "b1 <> 3"])
    case 14: return "(\(name) = \(literal(type)) OR \(name) \(comparison) \(literal(type)))"
    case 15, 16: return "(\((0...(1 + pick(2))).map { _ in choice() }.joined(separator: " OR ")))"
    case 17, 18: return "\(one(["a6", "b6", "code"])) LIKE '\(pattern())'"
    default: return "(\(generator.term(of: .bool, 2).sql(SampleTable.names)))"
    }
  }

  /// An alternative of an `OR`.
  private mutating func choice() -> String {
    let place = pick(SampleTable.names.count)
    let (name, type) = (SampleTable.names[place], SampleTable.types[place])
    switch pick(4) {
    case 0: return "\(name) > \(literal(type))"
    case 1: return "b1 = 3 AND \(name) <= \(literal(type))"
    default: return "\(name) = \(literal(type))"
    }
  }

  private mutating func pattern() -> String {
    one(["%", "a%", "ab%", "pa%", "paid", "\\%%", "%a", "a_", "", "ä%", "abcdefgh%", "abcdefghi%", "%%", "a%%", "a%b", "p\\aid"])
  }

  private mutating func literal(_ type: SQLType) -> String {
    "'\(SampleTexts.text(of: type.id, using: &generator.random).replacing("'", with: "''"))'::\(type)"
  }
}

// MARK: - Constants and changes

extension TemplateCases {
  /// A column for each parameter: everyday values and ends, some nulls, and some values that the changed rows have.
  mutating func constants(_ template: Template, reads: Int, like changes: Batch) -> [Column] {
    template.parameters.map { type in
      let met = changes.columns.filter { $0.type.id == type.id }
      return Column(type, (0..<reads).map { _ in constant(type, met) })
    }
  }

  private mutating func constant(_ type: SQLType, _ met: [Column]) -> Value {
    if pick(20) == 0 { return .null }
    if type.id == .text && pick(4) == 0 { return patternConstant(met) }
    if !met.isEmpty && pick(2) == 0 {
      let column = one(met)
      return column[pick(column.count)]
    }
    let text = SampleTexts.text(of: type.id, using: &generator.random)
    return (try? Value(parsing: text, as: type, style: TextStyle())) ?? .null
  }

  /// The beginning of a text that there is, and what a pattern of `LIKE` may have behind it.
  private mutating func patternConstant(_ met: [Column]) -> Value {
    if met.isEmpty || pick(3) == 0 { return .text(pattern()) }
    let column = one(met)
    guard case .bytes(let text) = column[pick(column.count)] else { return .text("%") }
    let beginning = text.prefix(pick(12)).filter { $0 != UInt8(ascii: "\\") && $0 < 128 }
    return .bytes(beginning + Array(one(["%", "%", "%%", "_%", "%a", ""]).utf8))
  }

  /// Changed rows of any weight, some of them several times.
  mutating func changes(rows: Int) throws -> ZSet {
    let sample = try SampleTable(rows: rows, using: &generator.random).batch(TextStyle())
    let ordinals = Column(.int4, .integers((0..<rows).map { Int64($0) }))
    let batch = Batch([ordinals] + sample.columns.map { pick(2) == 0 ? $0.coded : $0 })
    let picked = (0..<Int32(rows)).map { pick(6) == 0 ? Int32(pick(rows)) : $0 }
    return ZSet(batch.picking(picked), weights: picked.map { _ in one([-1, 1, 1, -2, 3, 0]) })
  }
}

extension Column {
  /// Text as codes over a dictionary; other columns as they are.
  fileprivate var coded: Column {
    guard case .bytes(let bytes) = storage else { return self }
    var dictionary: [[UInt8]: UInt32] = [:]
    var entries: [[UInt8]] = []
    let codes = (0..<count).map { row -> UInt32 in
      let value = bytes[row]
      if let code = dictionary[value] { return code }
      dictionary[value] = UInt32(entries.count)
      entries.append(value)
      return UInt32(entries.count - 1)
    }
    return Column(type, .coded(codes, dictionary: ByteColumn(entries)), nulls: nulls)
  }
}
