import Relations

/// What is left of enums and domains once a question is bound: labels are looked up in the list of them, which comes along as a constant,
/// and values are let through or not. Called by `StoredTypes` and by casts to domains, under the names of PostgreSQL's functions, but
/// with arguments of their own.
enum DeclaredTypeKernels {
  static let all: [(String, Kernel)] = [("enum_cmp", rank), ("enum_in", label), ("domain_in", domainValue)]

  /// Where a label stands among all labels, from 1. Rows from before a label was renamed have one that is not there any more.
  private static let rank = Kernel { a in
    let labels = EnumLabels(joined: a)
    let texts = a.bytes(0)
    let (ranks, failures) = Kernel.collecting(count: a.count, placeholder: Int64(0)) { row throws(Failure) in
      guard let rank = labels.rank(of: texts.column[texts.isConstant ? 0 : row]) else {
        throw .unsupported("a value of an enum that is none of its labels")
      }
      return Planted.bug("labels are ordered from the last") ? -Int64(rank) : Int64(rank)
    }
    return .init(.integers(ranks), failures: failures)
  }

  /// The text, if it is a label.
  private static let label = Kernel { a in
    let labels = EnumLabels(joined: a)
    return a.cut { text, _ throws(Failure) in
      guard labels.rank(of: Array(text)) != nil || Planted.bug("every text is a label") else {
        throw labels.noLabel(Array(text), of: "type")
      }
      return 0..<text.count
    }
  }

  /// The first argument, where the second is not false. The third tells a refused null from a failed check.
  private static let domainValue = Kernel { a in
    let value = a.operands[0].column
    let isNotNull = a.bits(2)
    let failed = Planted.bug("what a check does not know fails") ? ~Truths(a.operands[1]).isTrue : Truths(a.operands[1]).isFalse
    let failures = failed.trueRows.map { row -> (row: Int32, failure: Failure) in
      let error =
        isNotNull[Int(row)]
        ? SQLError(SQLState("23502"), "domain does not allow null values")
        : SQLError(SQLState("23514"), "value for domain violates check constraint")
      return (row, .raised(error))
    }
    return .init(value.storage, nulls: value.nulls, failures: failures)
  }
}

extension EnumLabels {
  /// No label has this byte in it.
  private static let separator: UInt8 = 0

  fileprivate init(joined arguments: Kernel.Arguments) {
    let (column, _) = arguments.bytes(1)
    let bytes = column.count > 0 ? column[0] : []
    self.init(bytes.split(separator: Self.separator, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) })
  }

  /// All labels in one text, for the kernels.
  var joined: Expression { .constant(.bytes(Array(labels.map { Array($0.utf8) }.joined(separator: [Self.separator]))), .text) }
}
