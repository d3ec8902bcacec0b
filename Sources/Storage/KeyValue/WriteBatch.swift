/// What is to be written at once. Later operations count over earlier ones.
public struct WriteBatch: Sendable {
  public private(set) var operations: [Operation] = []

  public enum Operation: Sendable {
    case put(key: [UInt8], value: [UInt8])
    case delete(key: [UInt8])
    case deleteAll(in: KeyRange)
  }

  public init() {}
}

extension WriteBatch {
  /// Whether it removes many keys.
  var frees: Bool { operations.contains { if case .deleteAll = $0 { true } else { false } } }

  public var isEmpty: Bool { operations.isEmpty }

  public mutating func put(_ key: [UInt8], _ value: [UInt8]) { operations.append(.put(key: key, value: value)) }
  public mutating func delete(_ key: [UInt8]) { operations.append(.delete(key: key)) }
  public mutating func deleteAll(in range: KeyRange) { operations.append(.deleteAll(in: range)) }
  public mutating func append(_ other: WriteBatch) { operations += other.operations }

  /// How many bytes it adds.
  public var byteCount: Int {
    operations.reduce(0) { count, operation in
      switch operation {
      case .put(let key, let value): count + key.count + value.count
      case .delete(let key): count + key.count
      case .deleteAll(let range): count + range.lower.count + range.upper.count
      }
    }
  }
}
