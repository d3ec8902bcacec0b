/// Plain memory that grows: what the sentry's inner loops work on. Nothing in it is counted, copied on write or checked twice.
struct FlatArray<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count: Int
  private(set) var capacity: Int

  init(capacity: Int = 0) {
    self.capacity = capacity
    count = 0
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count, "an index is in the array")
      return base[index]
    }
    nonmutating set {
      assert(index >= 0 && index < count, "an index is in the array")
      base[index] = newValue
    }
  }

  mutating func append(_ element: Element) {
    if count == capacity { reserve(max(8, 2 * capacity)) }
    (base + count).initialize(to: element)
    count &+= 1
  }

  /// Makes it longer by as many equal elements, and leaves room for some more: memory that is not touched costs nothing.
  mutating func append(repeating element: Element, count added: Int) {
    if count + added > capacity { reserve((count + added) * 9 / 8 + 8) }
    (base + count).initialize(repeating: element, count: added)
    count += added
  }

  mutating func removeAll() { count = 0 }

  mutating func reserve(_ wanted: Int) {
    if wanted <= capacity { return }
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: wanted)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = wanted
  }
}
