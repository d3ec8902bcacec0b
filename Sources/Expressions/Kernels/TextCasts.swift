import Relations

/// Casts that print a value or parse one: between text and everything else.
enum TextCasts {
  static let all: [(String, Kernel)] = [("booltext", booleansSpelledOut)]

  /// All rows share two words.
  private static let booleansSpelledOut = Kernel { a in
    let words = ByteColumn([Array("false".utf8), Array("true".utf8)])
    return .init(.bytes(ByteColumn(slots: mapped(a.bits(0), count: a.count) { words.slots[$0 ? 1 : 0] }, heap: words.heap)))
  }

  /// Prints as one type and parses as another; text is its own print.
  static func kernel(from source: SQLType, to target: SQLType) throws(Failure) -> Kernel {
    guard source.id.isEvaluated, target.id.isEvaluated else {
      throw .unsupported("cast from \(source.description) to \(target.description)")
    }
    return Kernel { arguments in
      let argument = arguments.operands[0].column
      let texts = argument.printed(arguments.context.style)
      return target.id.isItsPrint ? .init(.bytes(texts)) : parsed(texts, argument.nulls, target, arguments.context.style)
    }
  }

  private static func parsed(_ texts: ByteColumn, _ nulls: Bitmap?, _ target: SQLType, _ style: TextStyle) -> Kernel.Outcome {
    let (values, failures) = texts.withView { view in
      Kernel.collecting(count: view.count, placeholder: Value.null) { row throws(Failure) in
        nulls?[row] == true ? .null : try Value(parsing: view[row], as: SQLType(target.id), style: style)
      }
    }
    return .init(Column(target, values).storage, failures: failures)
  }
}

extension TypeID {
  /// Whether any text is a value of the type, stored as it is.
  fileprivate var isItsPrint: Bool {
    switch self {
    case .text, .varchar, .bpchar, .unknown: true
    default: false
    }
  }
}

extension Column {
  /// Every value as PostgreSQL's output function prints it, on one heap.
  fileprivate func printed(_ style: TextStyle) -> ByteColumn {
    if type.id.isItsPrint || type.id == .json || type.id == .jsonb { return storage.asBytes }
    var texts = ByteColumn()
    var text: [UInt8] = []
    for row in 0..<count {
      text.removeAll(keepingCapacity: true)
      if !isNull(row) { self[row].append(as: type, style: style, to: &text) }
      texts.append(text)
    }
    return texts
  }
}
