import Storage

/// Hands things from one thread to another, and lets the first wait when the other falls behind.
public final class Channel<Element: Sendable>: Sendable {
  private let capacity: Int
  private let line = Monitor(Line())

  private struct Line {
    var waiting: [Element] = []
    /// Whether nothing more comes, or nothing more is wanted.
    var isClosed = false
  }

  public init(capacity: Int) { self.capacity = capacity }

  /// - Returns: whether more is wanted: not once it is closed.
  @discardableResult
  public func send(_ element: Element) -> Bool {
    line.change(when: { [capacity] in $0.waiting.count < capacity || $0.isClosed }) { line in
      if !line.isClosed { line.waiting.append(element) }
      return !line.isClosed
    }
  }

  /// Says that nothing more comes, or that nothing more is wanted.
  public func close() { line.change { $0.isClosed = true } }

  /// nil when it is closed and empty.
  public func receive() -> Element? {
    line.change(when: { !$0.waiting.isEmpty || $0.isClosed }) { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
  }
}
