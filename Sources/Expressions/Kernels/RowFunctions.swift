import Relations

/// Functions that make rows of one value: `unnest`, `jsonb_each`, `regexp_matches`, `string_to_table` and their kin. They are no expressions of one
/// row, so whoever evaluates plans calls them, a row at a time.
public enum RowFunctions {
  /// Whether `rows` knows a function.
  public static func makes(_ function: Function) -> Bool { function.symbol.map { makers[$0] != nil } ?? false }

  /// The rows that a call gives, each with a value for each column of the function.
  ///
  /// - Parameters:
  ///   - arguments: none is null of a function that is strict.
  ///   - types: of the arguments.
  public static func rows(
    of function: Function, _ arguments: [Value], _ types: [SQLType]
  ) throws(Failure) -> [[Value]] {
    guard let symbol = function.symbol, let maker = makers[symbol] else { throw .unsupported("the function \(function.name)") }
    return try maker(Call(arguments: arguments, types: types))
  }

  fileprivate struct Call {
    let arguments: [Value]
    let types: [SQLType]

    func bytes(_ index: Int) -> [UInt8] { if case .bytes(let bytes) = arguments[index] { bytes } else { [] } }
    func integer(_ index: Int) -> Int { if case .integer(let integer) = arguments[index] { Int(integer) } else { 0 } }
  }

  private typealias Maker = @Sendable (Call) throws(Failure) -> [[Value]]

  private static let makers: [String: Maker] = [
    "array_unnest": { (call) throws(Failure) in try call.array.elements.map { [$0] } },
    "multirange_unnest": { (call) throws(Failure) in try call.ranges },
    "generate_subscripts": { (call) throws(Failure) in try call.subscripts },
    "generate_subscripts_nodir": { (call) throws(Failure) in try call.subscripts },
    "jsonb_array_elements": { (call) throws(Failure) in try call.elements(asText: false) },
    "json_array_elements": { (call) throws(Failure) in try call.elements(asText: false) },
    "jsonb_array_elements_text": { (call) throws(Failure) in try call.elements(asText: true) },
    "json_array_elements_text": { (call) throws(Failure) in try call.elements(asText: true) },
    "jsonb_each": { (call) throws(Failure) in try call.members(asText: false) },
    "json_each": { (call) throws(Failure) in try call.members(asText: false) },
    "jsonb_each_text": { (call) throws(Failure) in try call.members(asText: true) },
    "json_each_text": { (call) throws(Failure) in try call.members(asText: true) },
    "jsonb_object_keys": { (call) throws(Failure) in try call.members(asText: false).map { [$0[0]] } },
    "json_object_keys": { (call) throws(Failure) in try call.members(asText: false).map { [$0[0]] } },
    "jsonb_path_query": { (call) throws(Failure) in try call.found },
    "jsonb_path_query_tz": { (call) throws(Failure) in try call.found },
    "jsonb_to_recordset": { (call) throws(Failure) in try RecordRows.rows(call.arguments, call.types[0], areMany: true) },
    "json_to_recordset": { (call) throws(Failure) in try RecordRows.rows(call.arguments, call.types[0], areMany: true) },
    "jsonb_to_record": { (call) throws(Failure) in try RecordRows.rows(call.arguments, call.types[0], areMany: false) },
    "json_to_record": { (call) throws(Failure) in try RecordRows.rows(call.arguments, call.types[0], areMany: false) },
    "regexp_matches_no_flags": { (call) throws(Failure) in try RegexKernels.matches(call.bytes(0), call.bytes(1), []).map { [$0] }
    },
    "regexp_matches": { (call) throws(Failure) in
      try RegexKernels.matches(call.bytes(0), call.bytes(1), call.bytes(2)).map { [$0] }
    },
    "regexp_split_to_table_no_flags": { (call) throws(Failure) in
      try RegexKernels.split(call.bytes(0), call.bytes(1), []).map { [$0] }
    },
    "regexp_split_to_table": { (call) throws(Failure) in
      try RegexKernels.split(call.bytes(0), call.bytes(1), call.bytes(2)).map { [$0] }
    },
    "text_to_table": { (call) in ArrayTexts.parts(of: call.arguments).map { [$0] } },
    "text_to_table_null": { (call) in ArrayTexts.parts(of: call.arguments).map { [$0] } },
  ]
}

// MARK: - Arrays

extension RowFunctions.Call {
  fileprivate var array: ArrayValue {
    get throws(Failure) {
      try bytes(0).withUnsafeBufferPointer { stored throws(Failure) in try ArrayValue(stored: stored, as: SQLType(types[0].id)) }
    }
  }

  fileprivate var ranges: [[Value]] {
    get throws(Failure) {
      let element = SQLType(types[0].id.rangedElement ?? .unknown)
      let value = try bytes(0).withUnsafeBufferPointer { stored throws(Failure) in try MultirangeValue(stored: stored, of: element)
      }
      return value.ranges.map { [.bytes($0.stored(of: element))] }
    }
  }

  /// The subscripts along a dimension; the third argument says whether from the end.
  fileprivate var subscripts: [[Value]] {
    get throws(Failure) {
      guard let bounds = try array.dimension(integer(1)) else { return [] }
      var places = (bounds.lower..<bounds.lower + bounds.count).map { [Value.integer(Int64($0))] }
      if arguments.count > 2, case .bool(true) = arguments[2] { places.reverse() }
      return places
    }
  }
}

// MARK: - Documents

extension RowFunctions.Call {
  private var isCanonical: Bool { types[0].id == .jsonb }

  fileprivate func elements(asText: Bool) throws(Failure) -> [[Value]] {
    try withDocument(.array) { (document, cursor, root) in
      var parts: [Range<Int>] = []
      cursor.forEachElement(of: root) { _, part in
        parts.append(part)
        return true
      }
      return parts.map { [$0] }
    }.map { (parts) throws(Failure) in [try value(parts[0], asText: asText)] }
  }

  fileprivate var found: [[Value]] {
    get throws(Failure) {
      let isSilent = if case .bool(true) = arguments[3] { true } else { false }
      return try PathKernels.rows(bytes(0), bytes(1), bytes(2), isSilent: isSilent)
    }
  }

  /// Of a `json` also members whose name is there again.
  fileprivate func members(asText: Bool) throws(Failure) -> [[Value]] {
    try withDocument(.object) { (document, cursor, root) in
      var parts: [[Range<Int>]] = []
      cursor.forEachMember(of: root) { name, part in parts.append([name, part]) }
      return parts
    }.map { (parts) throws(Failure) in [try value(parts[0], asText: true), try value(parts[1], asText: asText)] }
  }

  private func withDocument(
    _ kind: DocumentCursor.Kind, _ body: (UnsafeBufferPointer<UInt8>, DocumentCursor, Range<Int>) -> [[Range<Int>]]
  ) throws(Failure) -> [[Range<Int>]] {
    try bytes(0).withUnsafeBufferPointer { document throws(Failure) in
      if !isCanonical, document.contains(UInt8(ascii: "\\")) { try TextForm.checkJSONStrings(document) }
      let cursor = DocumentCursor(document, isCanonical: isCanonical)
      guard let root = cursor.root, cursor.kind(root) == kind else {
        throw .raised(SQLError(.invalidParameterValue, "cannot make rows of what is no \(kind)"))
      }
      return body(document, cursor, root)
    }
  }

  private func value(_ part: Range<Int>, asText: Bool) throws(Failure) -> Value {
    let bytes = Array(bytes(0)[part])
    guard asText else { return .bytes(bytes) }
    if bytes.first == UInt8(ascii: "n") { return .null }
    guard bytes.first == UInt8(ascii: "\"") else { return .bytes(bytes) }
    return .bytes(
      try bytes[1..<bytes.count - 1].withUnsafeBufferPointer { content throws(Failure) in
        try DocumentCursor.unescaped(content)
      })
  }
}
