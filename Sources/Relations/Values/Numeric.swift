/// placeholder
public struct Numeric: Sendable {}
