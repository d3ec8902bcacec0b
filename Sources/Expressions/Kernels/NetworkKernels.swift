import Relations

/// Functions on `inet` and `cidr`.
enum NetworkKernels {
  static let all: [(String, Kernel)] = comparisons + questions + parts + numbers + made

  private static let comparisons: [(String, Kernel)] = {
    let questions: [(String, Question)] = [
      ("eq", .equal), ("ne", .notEqual), ("lt", .less), ("le", .lessOrEqual), ("gt", .greater), ("ge", .greaterOrEqual),
    ]
    return questions.map { ending, question in
      ("network_" + ending, Kernel { a in .init(.bits(ComparisonKernels.answerComposed(question, a))) })
    } + [
      ("network_larger", choice(.greater)), ("network_smaller", choice(.less)),
    ]
  }()

  /// The first if the question is true of the two, else the second.
  private static func choice(_ question: Question) -> Kernel {
    Kernel { a in
      let isFirst = ComparisonKernels.answerComposed(question, a)
      return a.withTexts(0, 1) { x, y in a.write { row, writer in writer.append(isFirst[row] ? x[row] : y[row]) } }
    }
  }

  // MARK: - Two of them

  private static let questions: [(String, Kernel)] = [
    ("network_sub", asked { $1.contains($0) && $0.length > $1.length }), ("network_subeq", asked { $1.contains($0) }),
    ("network_sup", asked { $0.contains($1) && $0.length < $1.length }), ("network_supeq", asked { $0.contains($1) }),
    ("network_overlap", asked { $0.contains($1) || $1.contains($0) }), ("inet_same_family", asked { $0.isV6 == $1.isV6 }),
  ]

  private static func asked(_ question: @escaping @Sendable (NetworkValue, NetworkValue) -> Bool) -> Kernel {
    Kernel { a in
      a.withNetworks(0) { x in a.withNetworks(1) { y in a.judged { row throws(Failure) in question(try x[row], try y[row]) } } }
    }
  }

  // MARK: - Numbers

  private static let numbers: [(String, Kernel)] = [
    ("network_family", number { $0.isV6 ? 6 : 4 }), ("network_masklen", number { $0.length }),
    (
      "inetmi",
      Kernel { a in
        a.withNetworks(0) { x in
          a.withNetworks(1) { y in
            a.numberedOrNull { row throws(Failure) in
              let (first, second) = (try x[row], try y[row])
              guard first.isV6 == second.isV6 else { throw .sizes("subtract") }
              // Of sixteen bytes it goes round.
              guard let distance = Int(exactly: Int128(bitPattern: first.address &- second.address)) else { throw .outOfRange }
              return distance
            }
          }
        }
      }
    ),
  ]

  private static func number(_ part: @escaping @Sendable (NetworkValue) -> Int) -> Kernel {
    Kernel { a in a.withNetworks(0) { x in a.numberedOrNull { row throws(Failure) in part(try x[row]) } } }
  }

  // MARK: - Texts

  private static let parts: [(String, Kernel)] = [
    ("network_host", printed { _ in false }), ("network_show", printed { _ in true }),
    ("inet_abbrev", printed { $0.length < $0.width }),
  ]

  private static func printed(_ withLength: @escaping @Sendable (NetworkValue) -> Bool) -> Kernel {
    Kernel { a in
      a.withNetworks(0) { x in
        a.write { row, writer throws(Failure) in
          let value = try x[row]
          var text: [UInt8] = []
          TextForm.appendNetwork(value, withLength: withLength(value), to: &text)
          writer.append(text)
        }
      }
    }
  }

  // MARK: - Others

  private static let made: [(String, Kernel)] = [
    ("network_broadcast", made { $0.with($0.address | $0.hostMask) }), ("network_network", made { $0.network }),
    ("network_netmask", made { $0.with($0.all & ~$0.hostMask, length: $0.width) }),
    ("network_hostmask", made { $0.with($0.hostMask, length: $0.width) }), ("inet_to_cidr", made { $0.network }),
    ("inetnot", made { $0.with(~$0.address & $0.all) }),
    ("inetand", both("AND") { $0.with($0.address & $1.address, length: max($0.length, $1.length)) }),
    ("inetor", both("OR") { $0.with($0.address | $1.address, length: max($0.length, $1.length)) }),
    (
      "inet_merge",
      both("merge") { $0.with($0.address, length: min($0.commonBits($1), $0.length, $1.length)).network }
    ),
    ("inet_set_masklen", masked { $0 }), ("cidr_set_masklen", masked { $0.network }),
    ("inetpl", moved { $0 }), ("inetmi_int8", moved { 0 &- $0 }),
  ]

  private static func made(_ change: @escaping @Sendable (NetworkValue) -> NetworkValue) -> Kernel {
    Kernel { a in a.withNetworks(0) { x in a.network { row throws(Failure) in change(try x[row]) } } }
  }

  private static func both(
    _ name: String, _ make: @escaping @Sendable (NetworkValue, NetworkValue) -> NetworkValue
  ) -> Kernel {
    Kernel { a in
      a.withNetworks(0) { x in
        a.withNetworks(1) { y in
          a.network { row throws(Failure) in
            let (first, second) = (try x[row], try y[row])
            guard first.isV6 == second.isV6 else { throw .sizes(name) }
            return make(first, second)
          }
        }
      }
    }
  }

  private static func masked(_ change: @escaping @Sendable (NetworkValue) -> NetworkValue) -> Kernel {
    Kernel { a in
      let lengths = a.integers(1)
      return a.withNetworks(0) { x in
        a.network { row throws(Failure) in
          let (value, length) = (try x[row], Kernel.Arguments.int4(lengths, row))
          guard (-1...value.width).contains(length) else {
            throw .raised(SQLError(.invalidParameterValue, "invalid mask length: \(length)"))
          }
          return change(value.with(value.address, length: length < 0 ? value.width : length))
        }
      }
    }
  }

  /// By a distance, the least of which is its own opposite.
  private static func moved(_ direction: @escaping @Sendable (Int64) -> Int64) -> Kernel {
    Kernel { a in
      let distances = a.integers(1)
      return a.withNetworks(0) { x in
        a.network { row throws(Failure) in
          let value = try x[row]
          let distance = direction(distances[row])
          let (moved, isBeyond) =
            distance < 0
            ? value.address.subtractingReportingOverflow(UInt128(distance.magnitude))
            : value.address.addingReportingOverflow(UInt128(distance))
          guard !isBeyond, moved <= value.all else { throw .outOfRange }
          return value.with(moved)
        }
      }
    }
  }
}

extension Failure {
  fileprivate static var outOfRange: Failure { .raised(SQLError(.numericValueOutOfRange, "result is out of range")) }

  fileprivate static func sizes(_ what: String) -> Failure {
    .raised(SQLError(.invalidParameterValue, "cannot \(what) inet values of different sizes"))
  }
}

// MARK: - Lending

private struct LentNetworks {
  let text: LentText
  private let constant: NetworkValue?

  init(_ text: LentText) {
    self.text = text
    constant = text.step == 0 ? try? NetworkValue(stored: text[0]) : nil
  }

  subscript(row: Int) -> NetworkValue {
    get throws(Failure) {
      if let constant { return constant }
      // As it lies under a null.
      if text[row].isEmpty { return NetworkValue(isV6: false, 0, length: 32) }
      return try NetworkValue(stored: text[row])
    }
  }
}

extension Kernel.Arguments {
  fileprivate func withNetworks<Result>(_ index: Int, _ body: (LentNetworks) -> Result) -> Result {
    withText(index) { body(LentNetworks($0)) }
  }

  /// An address or a network for each row.
  fileprivate func network(_ value: (Int) throws(Failure) -> NetworkValue) -> Kernel.Outcome {
    write { row, writer throws(Failure) in writer.append(try value(row).stored(as: type.id)) }
  }
}
