internal import CPgQuery

/// Memory for one tree: handed out from large blocks, given back all at once.
///
/// A tree is some ten to some thousand nodes, made in one go and freed in one go. So nodes are neither allocated nor freed one by
/// one, and freeing a deep tree does not recurse. A tree that would take more than `limit` is refused: a text of four megabytes can
/// ask for a hundred times as much.
struct TreeArena: ~Copyable {
  // On the heap, because libprotobuf-c gets a pointer to it.
  private let state: UnsafeMutablePointer<State>

  static let limit = 2 << 30

  private struct State {
    var next: UnsafeMutableRawPointer
    var end: UnsafeMutableRawPointer
    var blocks: [UnsafeMutableRawPointer]
    var total: Int
  }

  init() {
    let first = UnsafeMutableRawPointer.allocate(byteCount: TreeArena.firstBlock, alignment: 16)
    state = .allocate(capacity: 1)
    state.initialize(
      to: State(next: first, end: first + TreeArena.firstBlock, blocks: [first], total: TreeArena.firstBlock))
  }

  deinit {
    for block in state.pointee.blocks { block.deallocate() }
    state.deinitialize(count: 1)
    state.deallocate()
  }

  private static let firstBlock = 64 << 10

  /// Calls `body` with the arena as libprotobuf-c wants it.
  func withAllocator<R>(_ body: (UnsafeMutablePointer<ProtobufCAllocator>) -> R) -> R {
    var allocator = ProtobufCAllocator(
      alloc: { state, size in TreeArena.allocate(state, size) },
      free: { _, _ in },
      allocator_data: UnsafeMutableRawPointer(state))
    return body(&allocator)
  }

  private static func allocate(_ opaque: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
    let state = opaque!.assumingMemoryBound(to: State.self)
    let size = (size + 15) & ~15
    if state.pointee.end - state.pointee.next < size, !grow(state, size) { return nil }
    defer { state.pointee.next += size }
    return state.pointee.next
  }

  private static func grow(_ state: UnsafeMutablePointer<State>, _ size: Int) -> Bool {
    // Each block as large as all before it: there are few, and at most half is unused.
    let count = max(size, state.pointee.total)
    guard state.pointee.total + count <= limit else { return false }
    let block = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
    state.pointee.blocks.append(block)
    state.pointee.total += count
    state.pointee.next = block
    state.pointee.end = block + count
    return true
  }
}
