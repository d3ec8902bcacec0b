import Formats
import Queries
import Relations

/// A recorded answer, read as what the question's columns are.
enum RecordedAnswer {
  /// Nil if none was recorded, or if it is not one of a question with such columns.
  static func read(_ answer: RecordedRead.Answer?, as types: [SQLType], _ style: TextStyle?) -> AnswerRows? {
    switch answer {
    case nil: return nil
    case .error(let state): return AnswerRows(state)
    case .rows(let recorded): return rows(recorded, as: types, style)
    }
  }

  /// Nil if a row has other columns, or a value that is none of its type.
  static func rows(_ recorded: [[Scalar]], as types: [SQLType], _ style: TextStyle?) -> AnswerRows? {
    var rows: [[Value]] = []
    for row in recorded {
      guard row.count == types.count else { return nil }
      var values: [Value] = []
      for (scalar, type) in zip(row, types) {
        guard let value = value(scalar, type, style) else { return nil }
        values.append(value)
      }
      rows.append(values)
    }
    return AnswerRows(types, rows)
  }

  private static func value(_ scalar: Scalar, _ type: SQLType, _ style: TextStyle?) -> Value? {
    switch scalar {
    case .null: .null
    case .bool(let bit): type.id == .bool ? .bool(bit) : nil
    case .number(let text), .text(let text), .document(let text):
      try? Value(parsing: text, as: type, style: style ?? TextStyle())
    }
  }
}

extension RecordedAnswer {
  /// Why what was recorded is no answer to a question with such columns; nil if it is one, or nothing was recorded.
  static func fault(_ answer: RecordedRead.Answer?, as types: [SQLType], _ style: TextStyle?) -> String? {
    guard case .rows(let rows)? = answer else { return nil }
    for row in rows {
      if row.count != types.count {
        return "the recorded answer does not count: it has \(row.count) columns, and the question \(types.count)"
      }
      for (scalar, type) in zip(row, types) where value(scalar, type, style) == nil {
        return "the recorded answer does not count: \(scalar) is no \(type)"
      }
    }
    return nil
  }
}
