import Relations

/// `@?`, `@@`, `jsonb_path_exists` and their kin. Dates are not read in paths, so what ends in `_tz` is the same.
enum PathKernels {
  static let all: [(String, Kernel)] = [
    ("jsonb_path_exists", exists), ("jsonb_path_exists_tz", exists), ("jsonb_path_exists_opr", exists),
    ("jsonb_path_match", match), ("jsonb_path_match_tz", match), ("jsonb_path_match_opr", match),
    ("jsonb_path_query_array", array), ("jsonb_path_query_array_tz", array),
    ("jsonb_path_query_first", first), ("jsonb_path_query_first_tz", first),
  ]

  private static let exists = Kernel { a in
    a.truths { (run, isSilent) throws(Failure) in
      let (answer, error) = try run.exists()
      if let error, !isSilent { throw .raised(error) }
      return answer
    }
  }

  private static let match = Kernel { a in
    a.truths { (run, isSilent) throws(Failure) in
      let (items, error) = try run.items()
      if let error, !isSilent { throw .raised(error) }
      if items.count == 1 {
        if case .bool(let truth) = items[0] { return truth }
        if case .null = items[0] { return nil }
      }
      if isSilent { return nil }
      throw .raised(SQLError(SQLState("22038"), "single boolean result is expected"))
    }
  }

  private static let array = Kernel { a in
    a.withPaths { paths in
      a.document { row throws(Failure) in .array(try paths.items(row)) }
    }
  }

  private static let first = Kernel { a in
    a.withPaths { paths in
      a.writeOrNull { row, writer throws(Failure) in
        guard !paths.isNull(row), let item = try paths.items(row).first else { return false }
        writer.append(item.stored)
        return true
      }
    }
  }

  /// The rows of `jsonb_path_query`.
  static func rows(_ document: [UInt8], _ path: [UInt8], _ variables: [UInt8]?, isSilent: Bool) throws(Failure) -> [[Value]] {
    let path = try path.withUnsafeBufferPointer { (text) throws(Failure) in try JSONPath(parsing: text) }
    let document = try document.withUnsafeBufferPointer { (text) throws(Failure) in try Document(parsing: text) }
    let given = try variables?.withUnsafeBufferPointer { (text) throws(Failure) in try Document(parsing: text) }
    var run = PathRun(path, document, variables: try checked(given), isSilent: isSilent)
    let (items, error) = try run.items()
    if let error, !isSilent { throw .raised(error) }
    return items.map { [.bytes($0.stored)] }
  }

  fileprivate static func checked(_ variables: Document?) throws(Failure) -> Document? {
    guard let variables else { return nil }
    guard case .object = variables else {
      throw .raised(SQLError(.invalidParameterValue, "\"vars\" argument is not an object"))
    }
    return variables
  }
}

/// Documents, paths, variables and whether errors count, of each row.
private struct LentPaths {
  let a: Kernel.Arguments
  let documents: LentDocuments
  let paths: LentText
  let variables: LentDocuments?
  let silences: Operand<Bool>
  private let path: JSONPath?

  init(_ a: Kernel.Arguments, _ documents: LentDocuments, _ paths: LentText, _ variables: LentDocuments?) {
    self.a = a
    self.documents = documents
    self.paths = paths
    self.variables = variables
    // Operators are silent.
    silences = a.operands.count > 3 ? a.bits(3) : .constant(true)
    path = paths.step == 0 ? try? JSONPath(parsing: paths[0]) : nil
  }

  func isNull(_ row: Int) -> Bool { a.operands.indices.contains { a.isNull($0, row) } }

  func run(_ row: Int) throws(Failure) -> PathRun {
    let variables = try PathKernels.checked(try variables.map { (documents) throws(Failure) in try documents[row] })
    let path = if let path { path } else { try JSONPath(parsing: paths[row]) }
    return PathRun(path, try documents[row], variables: variables, isSilent: silences[row])
  }

  func items(_ row: Int) throws(Failure) -> [Document] {
    if isNull(row) { return [] }
    var run = try run(row)
    let (items, error) = try run.items()
    if let error, !silences[row] { throw .raised(error) }
    return items
  }
}

extension Kernel.Arguments {
  fileprivate func withPaths<Result>(_ body: (LentPaths) -> Result) -> Result {
    withDocuments(0) { documents in
      withText(1) { paths in
        guard operands.count > 2 else { return body(LentPaths(self, documents, paths, nil)) }
        return withDocuments(2) { body(LentPaths(self, documents, paths, $0)) }
      }
    }
  }

  /// A truth for each row, or null.
  fileprivate func truths(_ truth: (inout PathRun, Bool) throws(Failure) -> Bool?) -> Kernel.Outcome {
    withPaths { paths in
      var nulls = Bitmap(repeating: false, count: count)
      let (truths, failures) = Kernel.collecting(count: count, placeholder: false) { row throws(Failure) in
        guard !paths.isNull(row) else { return false }
        var run = try paths.run(row)
        guard let answer = try truth(&run, paths.silences[row]) else {
          nulls[row] = true
          return false
        }
        return answer
      }
      return .init(.bits(Bitmap(count: count) { truths[$0] }), nulls: nulls, failures: failures)
    }
  }
}
