import Relations

/// Functions on `json` and `jsonb`.
enum DocumentKernels {
  static let all: [(String, Kernel)] =
    DocumentAccess.all + DocumentChanges.all + DocumentMaking.all + DocumentPairs.all + comparisons + questions + numbers

  private static let comparisons: [(String, Kernel)] = [
    ("jsonb_eq", Question.equal), ("jsonb_ne", .notEqual), ("jsonb_lt", .less), ("jsonb_le", .lessOrEqual), ("jsonb_gt", .greater),
    ("jsonb_ge", .greaterOrEqual),
  ].map { name, question in (name, Kernel { a in .init(.bits(ComparisonKernels.answerComposed(question, a))) }) }

  // MARK: - Questions

  private static let questions: [(String, Kernel)] = [
    ("jsonb_contains", contains(0, 1)), ("jsonb_contained", contains(1, 0)),
    (
      "jsonb_exists",
      Kernel { a in
        a.withTexts(0, 1) { documents, names in
          a.asked { row in names[row].isMember(of: documents[row]) }
        }
      }
    ),
    ("jsonb_exists_any", exists { names, isMember in names.contains(where: isMember) }),
    ("jsonb_exists_all", exists { names, isMember in names.allSatisfy(isMember) }),
  ]

  /// Constants are taken apart once.
  private static func contains(_ outer: Int, _ inner: Int) -> Kernel {
    Kernel { a in
      a.withDocuments(outer) { outers in
        a.withDocuments(inner) { inners in
          let (truths, failures) = Kernel.collecting(count: a.count, placeholder: false) { row throws(Failure) in
            try outers[row].contains(try inners[row])
          }
          return .init(.bits(Bitmap(count: a.count) { truths[$0] }), failures: failures)
        }
      }
    }
  }

  private static func exists(_ answer: @escaping @Sendable ([[UInt8]], ([UInt8]) -> Bool) -> Bool) -> Kernel {
    Kernel { a in
      a.withText(0) { documents in
        a.withArray(1) { arrays in
          let (truths, failures) = Kernel.collecting(count: a.count, placeholder: false) { row throws(Failure) in
            answer(try arrays.texts(row).compactMap(\.self)) { name in
              name.withUnsafeBufferPointer { $0.isMember(of: documents[row]) }
            }
          }
          return .init(.bits(Bitmap(count: a.count) { truths[$0] }), failures: failures)
        }
      }
    }
  }

  // MARK: - Numbers

  private static let numbers: [(String, Kernel)] = [
    ("jsonb_array_length", length), ("json_array_length", length),
    (
      "jsonb_bool",
      Kernel { a in
        a.withText(0) { documents in
          let (truths, failures) = Kernel.collecting(count: a.count, placeholder: false) { row throws(Failure) in
            let (kind, text) = try documents.scalar(row)
            guard kind == .bool else { throw .cannotCast(kind, to: "boolean") }
            return text[0] == UInt8(ascii: "t")
          }
          return .init(.bits(Bitmap(count: a.count) { truths[$0] }), failures: failures)
        }
      }
    ),
    (
      "jsonb_numeric",
      number(placeholder: Numeric.zero, "numeric") {
        $0
      } storage: {
        .numerics($0)
      }
    ),
    (
      "jsonb_int2",
      number(placeholder: Int64(0), "smallint") { (n) throws(Failure) in
        try n.int2
      } storage: {
        .integers($0)
      }
    ),
    (
      "jsonb_int4",
      number(placeholder: Int64(0), "integer") { (n) throws(Failure) in
        try n.int4
      } storage: {
        .integers($0)
      }
    ),
    (
      "jsonb_int8",
      number(placeholder: Int64(0), "bigint") { (n) throws(Failure) in
        try n.int8
      } storage: {
        .integers($0)
      }
    ),
    (
      "jsonb_float8",
      number(placeholder: 0.0, "double precision") { (n) throws(Failure) in
        try n.float8
      } storage: {
        .floats($0)
      }
    ),
    (
      "jsonb_float4",
      number(placeholder: 0.0, "real") { (n) throws(Failure) in
        try n.float4
      } storage: {
        .floats($0)
      }
    ),
  ]

  private static func number<R>(
    placeholder: R, _ name: String, _ convert: @escaping @Sendable (Numeric) throws(Failure) -> R,
    storage: @escaping @Sendable ([R]) -> Column.Storage
  ) -> Kernel where R: Sendable {
    Kernel { a in
      a.withText(0) { documents in
        let (numbers, failures) = Kernel.collecting(count: a.count, placeholder: placeholder) { row throws(Failure) in
          let (kind, text) = try documents.scalar(row)
          guard kind == .number else { throw .cannotCast(kind, to: name) }
          return try convert(try TextForm.parseNumeric(text, as: .numeric))
        }
        return .init(storage(numbers), failures: failures)
      }
    }
  }

  private static let length = Kernel { a in
    let isCanonical = a.operands[0].type.id == .jsonb
    return a.withText(0) { documents in
      a.numberedOrNull { row throws(Failure) in
        let cursor = DocumentCursor(documents[row], isCanonical: isCanonical)
        guard let root = cursor.root else { return nil }
        guard cursor.kind(root) == .array else {
          throw .raised(SQLError(.invalidParameterValue, "cannot get array length of what is no array"))
        }
        return cursor.count(root)
      }
    }
  }
}

extension Numeric {
  fileprivate var int2: Int64 { get throws(Failure) { try whole(.int2) } }
  fileprivate var int4: Int64 { get throws(Failure) { try whole(.int4) } }
  fileprivate var int8: Int64 { get throws(Failure) { try whole(.int8) } }

  private func whole(_ type: TypeID) throws(Failure) -> Int64 {
    let range: ClosedRange<Int64> =
      type == .int2 ? Int64(Int16.min)...Int64(Int16.max) : type == .int4 ? Int64(Int32.min)...Int64(Int32.max) : .min ... .max
    guard let whole = try? rounded(to: 0), let number = whole.scaled(to: 0), range.contains(number) else {
      throw .raised(SQLError(.numericValueOutOfRange, "the number is out of range"))
    }
    return number
  }

  /// As the cast of a numeric does: by way of its digits.
  fileprivate var float8: Double {
    get throws(Failure) { try printed.withUnsafeBufferPointer { (text) throws(Failure) in try TextForm.parseFloat(text) } }
  }
  fileprivate var float4: Double {
    get throws(Failure) { try printed.withUnsafeBufferPointer { (text) throws(Failure) in try TextForm.parseFloat4(text) } }
  }

  private var printed: [UInt8] {
    var text: [UInt8] = []
    TextForm.appendNumeric(self, to: &text)
    return text
  }
}

extension Failure {
  fileprivate static func cannotCast(_ kind: DocumentCursor.Kind, to type: String) -> Failure {
    .raised(SQLError(.invalidParameterValue, "cannot cast jsonb \(kind) to type \(type)"))
  }
}

// MARK: - Lending

/// A document argument, taken apart once if it is the same for all rows.
struct LentDocuments {
  let text: LentText
  private let constant: Document?

  init(_ text: LentText) {
    self.text = text
    constant = text.step == 0 ? try? Document(parsing: text[0]) : nil
  }

  subscript(row: Int) -> Document {
    get throws(Failure) {
      if let constant { return constant }
      return try Document(parsing: text[row])
    }
  }
}

extension Kernel.Arguments {
  func withDocuments<Result>(_ index: Int, _ body: (LentDocuments) -> Result) -> Result {
    withText(index) { body(LentDocuments($0)) }
  }
}

extension LentText {
  fileprivate func scalar(_ row: Int) throws(Failure) -> (DocumentCursor.Kind, UnsafeBufferPointer<UInt8>) {
    let cursor = DocumentCursor(self[row], isCanonical: true)
    guard let root = cursor.root else { throw .unsupported("an empty document") }
    return (cursor.kind(root), UnsafeBufferPointer(rebasing: self[row][root]))
  }
}

extension LentArrays {
  /// The elements of an array of texts; nil is null.
  func texts(_ row: Int) throws(Failure) -> [[UInt8]?] {
    try self[row].elements.map { if case .bytes(let text) = $0 { text } else { nil } }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// This text as a JSON string.
  func quotedAsJSON() -> [UInt8] {
    var quoted: [UInt8] = []
    TextForm.appendJSONString(self, to: &quoted)
    return quoted
  }

  /// `?`: whether the text is a name in an object, a string in an array, or the string itself.
  fileprivate func isMember(of document: UnsafeBufferPointer<UInt8>) -> Bool {
    let cursor = DocumentCursor(document, isCanonical: true)
    guard let root = cursor.root else { return false }
    return quotedAsJSON().withUnsafeBufferPointer { quoted in
      func isSought(_ value: Range<Int>) -> Bool { UnsafeBufferPointer(rebasing: document[value]).elementsEqual(quoted) }
      switch cursor.kind(root) {
      case .object: return cursor.member(quoted, in: root) != nil
      case .string: return isSought(root)
      case .array:
        var isFound = false
        cursor.forEachElement(of: root) { _, value in
          isFound = isSought(value)
          return !isFound
        }
        return isFound
      default: return false
      }
    }
  }
}
