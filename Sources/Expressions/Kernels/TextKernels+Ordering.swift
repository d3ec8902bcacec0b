import Relations

/// Functions that order texts, beside the comparison operators: the larger and the smaller of two, and the comparisons that
/// indexes use.
extension TextKernels {
  static let ordering: [(String, Kernel)] =
    [
      ("text_larger", choosing { $0 >= 0 }), ("text_smaller", choosing { $0 < 0 }),
      ("bpchar_larger", choosingPadded { $0 >= 0 }), ("bpchar_smaller", choosingPadded { $0 <= 0 }),
      ("bttextcmp", Kernel { a in a.withTexts(0, 1) { x, y in a.numbered { x[$0].order(y[$0]) } } }),
      (
        "bpcharcmp",
        Kernel { a in
          a.withTexts(0, 1) { x, y in a.numbered { x[$0].withoutTrailingBlanks.order(y[$0].withoutTrailingBlanks) } }
        }
      ),
    ] + patternOrder

  /// `~<~` and its kin compare bytes whatever the collation, which is what `<` does in collation C.
  private static let patternOrder: [(String, Kernel)] =
    [("lt", Question.less), ("le", .lessOrEqual), ("gt", .greater), ("ge", .greaterOrEqual)].flatMap { ending, question in
      [
        (
          "text_pattern_" + ending,
          Kernel { a in
            a.withTexts(0, 1) { x, y in a.asked { question.isSatisfied(by: x.compare($0, y)) } }
          }
        ),
        (
          "bpchar_pattern_" + ending,
          Kernel { a in
            a.withTexts(0, 1) { x, y in
              a.asked { question.isSatisfied(by: x[$0].withoutTrailingBlanks.order(y[$0].withoutTrailingBlanks)) }
            }
          }
        ),
      ]
    }

  /// The first text where its order to the second is as asked, else the second.
  private static func choosing(_ isFirst: @escaping @Sendable (Int) -> Bool) -> Kernel {
    Kernel { a in
      a.withTexts(0, 1) { x, y in a.write { row, writer in writer.append(isFirst(x.compare(row, y)) ? x[row] : y[row]) } }
    }
  }

  private static func choosingPadded(_ isFirst: @escaping @Sendable (Int) -> Bool) -> Kernel {
    Kernel { a in
      a.withTexts(0, 1) { x, y in
        a.write { row, writer in
          let order = x[row].withoutTrailingBlanks.order(y[row].withoutTrailingBlanks)
          writer.append(isFirst(order) ? x[row] : y[row])
        }
      }
    }
  }
}

extension LentText {
  @inline(__always)
  fileprivate func compare(_ row: Int, _ other: LentText) -> Int { view.compare(row &* step, other.view, row &* other.step) }
}

extension UnsafeBufferPointer<UInt8> {
  /// The difference of the first two bytes that differ, or which text is longer.
  fileprivate func order(_ other: UnsafeBufferPointer<UInt8>) -> Int {
    for i in 0..<Swift.min(count, other.count) where self[i] != other[i] { return Int(self[i]) - Int(other[i]) }
    return count == other.count ? 0 : count < other.count ? -1 : 1
  }
}
