import Relations

/// `json_object` and `jsonb_object`: documents of names and values that lie in arrays of texts.
enum DocumentPairs {
  static let all: [(String, Kernel)] = [
    ("json_object", texts(ofOne)), ("json_object_two_arg", texts(ofTwo)), ("jsonb_object", documents(ofOne)),
    ("jsonb_object_two_arg", documents(ofTwo)),
  ]

  private typealias Pairs = [(name: [UInt8], value: [UInt8]?)]
  private typealias Reader = @Sendable (Kernel.Arguments, Int) throws(Failure) -> Pairs

  private static func texts(_ pairs: @escaping Reader) -> Kernel {
    Kernel { a in
      a.write { row, writer throws(Failure) in
        writer.append("{")
        for (place, pair) in try pairs(a, row).enumerated() {
          if place > 0 { writer.append(", ") }
          writer.append(pair.name.quotedAsJSON)
          writer.append(" : ")
          writer.append(pair.value?.quotedAsJSON ?? Array("null".utf8))
        }
        writer.append("}")
      }
    }
  }

  private static func documents(_ pairs: @escaping Reader) -> Kernel {
    Kernel { a in
      a.document { row throws(Failure) in
        .object(of: try pairs(a, row).map { .init($0.name, $0.value.map { .string($0) } ?? .null) })
      }
    }
  }

  /// Names and values by turns, or a column of each.
  @Sendable private static func ofOne(_ a: Kernel.Arguments, _ row: Int) throws(Failure) -> Pairs {
    let array = try array(a, 0, row)
    switch array.bounds.count {
    case 0: return []
    case 1 where array.elements.count % 2 != 0: throw refusal("array must have even number of elements")
    case 1: break
    case 2 where array.bounds[1].count != 2: throw refusal("array must have two columns")
    case 2: break
    default: throw refusal("wrong number of array subscripts")
    }
    return try pairs(
      stride(from: 0, to: array.elements.count, by: 2).map { (array.elements[$0], array.elements[$0 + 1]) })
  }

  /// Names in one array, values in the other.
  @Sendable private static func ofTwo(_ a: Kernel.Arguments, _ row: Int) throws(Failure) -> Pairs {
    let (names, values) = (try array(a, 0, row), try array(a, 1, row))
    guard names.bounds.count <= 1, names.bounds.count == values.bounds.count else {
      throw refusal("wrong number of array subscripts")
    }
    guard names.elements.count == values.elements.count else { throw refusal("mismatched array dimensions") }
    return try pairs(Array(zip(names.elements, values.elements)))
  }

  private static func array(_ a: Kernel.Arguments, _ index: Int, _ row: Int) throws(Failure) -> ArrayValue {
    guard case .bytes(let stored) = a.value(index, row) else { return .empty }
    return try stored.withUnsafeBufferPointer { stored throws(Failure) in
      try ArrayValue(stored: stored, as: SQLType(a.operands[index].type.id))
    }
  }

  private static func pairs(_ values: [(Value, Value)]) throws(Failure) -> Pairs {
    var pairs: Pairs = []
    for (name, value) in values {
      guard case .bytes(let name) = name else {
        throw .raised(SQLError(SQLState("22004"), "null value not allowed for object key"))
      }
      var text: [UInt8]?
      if case .bytes(let bytes) = value { text = bytes }
      pairs.append((name, text))
    }
    return pairs
  }

  private static func refusal(_ message: String) -> Failure { .raised(SQLError(SQLState("2202E"), message)) }
}

extension [UInt8] {
  fileprivate var quotedAsJSON: [UInt8] { withUnsafeBufferPointer { $0.quotedAsJSON() } }
}
