import Relations
import Synchronization

/// Rules of order that we can apply as the database does: ICU's for a locale, of the version that the database states.
///
/// Text is ordered by its sort keys: bytes that compare as the texts do under the rules. So whatever takes bytes in an order (ranges,
/// footprints, sorting) is right for such text without knowing of it.
public struct CollationRules: Hashable, Sendable {
  public let locale: String
  public let version: String

  /// Nil where the order is not ICU's, not stated of which version, or of another version than any that is installed here.
  public init?(_ collation: Collation) {
    guard collation.provider == .icu, collation.isDeterministic, let version = collation.version else { return nil }
    self.init(locale: collation.locale, version: version)
    guard collator != nil else { return nil }
  }

  /// As they were stored. That they can be applied is seen again where they are.
  public init(locale: String, version: String) {
    self.locale = locale
    self.version = version
  }

  /// Nil where the version is not installed here.
  var collator: ICUCollator? {
    // An empty name is the locale of the process, which is not the server's.
    if locale.isEmpty || locale.utf8.contains(0) { return nil }
    return Self.collators.withLock { collators in
      if let known = collators[self] { return known }
      let made = ICUCollator(locale: locale, version: version)
      // A bound for hostile schemas.
      if collators.count < 256 { collators[self] = .some(made) }
      return made
    }
  }

  private static let collators = Mutex<[CollationRules: ICUCollator?]>([:])
}

// MARK: - Sort keys

extension CollationRules {
  /// The sort keys of a column of text. PostgreSQL orders texts that tie under the rules by their bytes: those come behind.
  func sortKeys(of texts: ByteColumn, _ collator: ICUCollator) -> ByteColumn {
    var keys = ByteColumn()
    keys.slots.reserveCapacity(texts.count)
    var units: [UInt16] = []
    var key: [UInt8] = []
    texts.withView { texts in
      for row in 0..<texts.count {
        let text = texts[row]
        units.removeAll(keepingCapacity: true)
        key.removeAll(keepingCapacity: true)
        units.append(contentsOf: String(decoding: text, as: UTF8.self).utf16)
        units.append(0)
        collator.appendSortKey(of: units, to: &key)
        key.append(contentsOf: text)
        keys.append(key)
      }
    }
    return keys
  }
}

extension Kernel {
  /// Texts to their sort keys.
  static func sortKeys(_ collating: Collating, _ type: SQLType) throws(Failure) -> Kernel {
    guard let rules = collating.rules, let collator = rules.collator else { throw .unsupported("\(collating)") }
    return Kernel { arguments in
      let texts = arguments.bytes(0).column
      // Blanks at the end of a `char` do not count.
      let keys = rules.sortKeys(of: type.id == .bpchar ? texts.withoutTrailingBlanks : texts, collator)
      return .init(.bytes(arguments.operands[0].isConstant ? keys.repeated(arguments.count) : keys))
    }
  }
}

extension ByteColumn {
  /// One value, for all rows.
  fileprivate func repeated(_ count: Int) -> ByteColumn { ByteColumn(slots: Array(repeating: slots[0], count: count), heap: heap) }
}

// MARK: - Comparisons

extension Catalogue {
  /// The comparison of two texts as one of their sort keys; nil for what compares other things than two texts.
  public func comparingSortKeys(_ function: FunctionID) -> FunctionID? {
    guard let symbol = self.function(function)?.symbol, let ending = Self.textOrders[symbol] else { return nil }
    return functions(named: "bytea" + ending).first?.id
  }

  private static let textOrders = [
    "text_lt": "lt", "text_le": "le", "text_gt": "gt", "text_ge": "ge",
    "bpcharlt": "lt", "bpcharle": "le", "bpchargt": "gt", "bpcharge": "ge",
  ]
}
