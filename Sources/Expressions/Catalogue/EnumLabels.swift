import Relations

/// The labels of an enum in their order, which is the order of its values.
public struct EnumLabels: Sendable {
  /// As declared.
  public let labels: [String]
  private let ranks: [[UInt8]: Int]

  /// Labels in the order of the values.
  public init(_ labels: [String]) {
    self.labels = labels
    ranks = Dictionary(labels.enumerated().map { (Array($1.utf8), $0 + 1) }, uniquingKeysWith: { first, _ in first })
  }

  /// Where a label stands, counted from 1; nil for what is none.
  func rank(of label: [UInt8]) -> Int? { ranks[label] }

  func noLabel(_ text: [UInt8], of type: String) -> Failure {
    let shown = String(decoding: text.prefix(100), as: UTF8.self)
    return .raised(SQLError(.invalidTextRepresentation, "invalid input value for enum \(type): \"\(shown)\""))
  }
}

extension Catalogue {
  /// Whether values of a type are stored as values of a built-in one, see `StoredTypes`.
  public func understands(_ type: TypeID) -> Bool {
    let base = base(of: type)
    if base < .firstUserDefined || labels(of: base) != nil { return true }
    return element(of: base).map { understands($0) } ?? false
  }

  /// The labels of an enum; nil for every other type.
  public func labels(of type: TypeID) -> EnumLabels? {
    type < .firstUserDefined ? nil : additions?.labels[type]
  }
}
