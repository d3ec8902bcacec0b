/// An array, taken apart: its elements row by row, and how many there are along each dimension, counted from where.
///
/// A column stores an array as PostgreSQL prints it under time zone UTC (`{1,2,NULL}`, `[0:1]={"a b",c}`): most arrays are moved and
/// shown, and few are looked into. Whoever looks into one makes an `ArrayValue` of it.
public struct ArrayValue: Sendable {
  /// None of an empty array, else up to six.
  public var bounds: [Bounds]
  /// In the order in which they are printed; null among them.
  public var elements: [Value]

  /// One dimension.
  public struct Bounds: Hashable, Sendable {
    /// What the first subscript is; mostly 1.
    public var lower: Int
    public var count: Int
    public var upper: Int { lower + count - 1 }

    public init(lower: Int = 1, count: Int) {
      self.lower = lower
      self.count = count
    }
  }

  public init(bounds: [Bounds], elements: [Value]) {
    assert(elements.count == (bounds.isEmpty ? 0 : bounds.reduce(1) { $0 * $1.count }), "dimensions hold the elements")
    self.bounds = bounds
    self.elements = elements
  }

  /// One dimension from 1, or nothing.
  public init(_ elements: [Value]) {
    self.init(bounds: elements.isEmpty ? [] : [Bounds(count: elements.count)], elements: elements)
  }

  public static let empty = ArrayValue([])
  /// PostgreSQL's limit.
  public static let mostDimensions = 6
}

// MARK: - Stored form

extension TextStyle {
  /// Under which the elements of a stored array, and of a document, are printed.
  public static let stored = TextStyle()
}

extension ArrayValue {
  /// Reads the stored form.
  ///
  /// - Parameter array: its type.
  public init(stored: UnsafeBufferPointer<UInt8>, as array: SQLType) throws(Failure) {
    self = try TextForm.parseArray(stored, as: array, style: .stored)
  }

  /// The stored form.
  public func stored(as array: SQLType) -> [UInt8] {
    var text: [UInt8] = []
    TextForm.appendArray(self, as: array, style: .stored, to: &text)
    return text
  }
}

extension TypeID {
  /// What a built-in array holds; nil for every other type. `int2vector` and `oidvector` are none here: they print otherwise.
  public var arrayElement: TypeID? {
    guard self < .firstUserDefined, let facts = BuiltInTypes.facts(of: self), facts.kind == .array, facts.name.hasPrefix("_") else {
      return nil
    }
    return facts.element
  }
}

extension SQLType {
  /// What an array of the type holds, with the modifier that was declared for the elements.
  public var arrayElement: SQLType? { id.arrayElement.map { SQLType($0, modifier: modifier) } }
}
