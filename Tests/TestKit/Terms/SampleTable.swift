import Expressions
import Relations

/// A table with two columns of every type that is evaluated, one of which is never null.
public struct SampleTable: Sendable {
  public static let columns: [(name: String, type: SQLType)] =
    TermGenerator.types.enumerated().flatMap { index, type in
      [("a\(index)", type), ("b\(index)", type)]
    } + [("price", .numeric(10, 2)), ("code", .varchar(4)), ("tag", .bpchar(5))]

  public static var types: [SQLType] { columns.map(\.type) }
  public static var names: [String] { columns.map(\.name) }

  /// One text a value, as PostgreSQL reads it; nil is NULL.
  public let texts: [[String?]]

  public init(rows: Int, using random: inout SplitMix64) {
    texts = (0..<rows).map { _ in Self.columns.map { Self.text($0.name, $0.type, &random) } }
  }

  private static func text(_ name: String, _ type: SQLType, _ random: inout SplitMix64) -> String? {
    if !name.hasPrefix("b") && Int.random(in: 0..<6, using: &random) == 0 { return nil }
    switch name {
    case "price": return "\(Int.random(in: -50...999, using: &random)).\(Int.random(in: 10...99, using: &random))"
    case "code", "tag": return ["", "a", "ab", "ab ", "b", "ä€"].randomElement(using: &random)
    default: return SampleTexts.text(of: type.id, using: &random)
    }
  }
}

extension SampleTable {
  /// `CREATE TABLE` with a column `ordinal` that numbers the rows, and the rows.
  public func definition(named name: String) -> String {
    let columns = Self.columns.map { "\($0.name) \($0.type.description)" }.joined(separator: ", ")
    let rows = texts.enumerated().map { ordinal, row in
      "(\(ordinal), " + row.map { $0.map { Term.literal($0).sql([]) } ?? "NULL" }.joined(separator: ", ") + ")"
    }
    return "CREATE TABLE \(name) (ordinal int, \(columns)); INSERT INTO \(name) VALUES \(rows.joined(separator: ", "));"
  }

  /// The same rows as a batch.
  public func batch(_ style: TextStyle) throws(Failure) -> Batch {
    var rows: [[Value]] = []
    for row in texts {
      var values: [Value] = []
      for (text, type) in zip(row, Self.types) {
        if let text { values.append(try Value(parsing: text, as: type, style: style)) } else { values.append(.null) }
      }
      rows.append(values)
    }
    return Batch(Self.types, rows: rows)
  }
}
