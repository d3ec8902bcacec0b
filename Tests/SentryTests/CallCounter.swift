import Glibc

/// Counts what one thread asks of the heap: calls of `malloc`, and references that are counted up.
///
/// Loaded objects call `malloc` and `swift_retain` through their tables of addresses: a function of ours is put in their stead there.
enum CallCounter {
  struct Counts {
    var allocations = 0
    var references = 0
  }

  /// What a piece of work calls on this thread.
  static func count(_ work: () throws -> Void) rethrows -> Counts {
    install
    (mallocs, retains) = (0, 0)
    counted = pthread_self()
    defer { counted = 0 }
    try work()
    counted = 0
    return Counts(allocations: mallocs, references: retains)
  }

  private static let install: Void = {
    let malloc: Malloc = { size in
      if counted != 0 && counted == pthread_self() { mallocs &+= 1 }
      return originalMalloc!(size)
    }
    let retain: Retain = { object in
      if counted != 0 && counted == pthread_self() { retains &+= 1 }
      return originalRetain!(object)
    }
    originalMalloc = unsafeBitCast(dlsym(nil, "malloc"), to: Malloc.self)
    originalRetain = unsafeBitCast(dlsym(nil, "swift_retain"), to: Retain.self)
    replacements = [("malloc", unsafeBitCast(malloc, to: UInt.self)), ("swift_retain", unsafeBitCast(retain, to: UInt.self))]
    _ = iterateObjects({ info, _, _ in replaceCalls(in: LoadedObject(info!)) }, nil)
  }()
}

private typealias Malloc = @convention(c) (Int) -> UnsafeMutableRawPointer?
private typealias Retain = @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?

// Looked at on each call: plain memory, nothing that would be made at first use. One test counts at a time.
nonisolated(unsafe) private var counted: pthread_t = 0
nonisolated(unsafe) private var mallocs = 0
nonisolated(unsafe) private var retains = 0
nonisolated(unsafe) private var originalMalloc: Malloc? = nil
nonisolated(unsafe) private var originalRetain: Retain? = nil
nonisolated(unsafe) private var replacements: [(name: String, address: UInt)] = []

// MARK: - Tables of addresses

/// A program or library in memory, by the layout of ELF files of 64 bits.
private struct LoadedObject {
  let base: UInt
  /// The entries of its dynamic section by tag.
  private(set) var entries: [Int: UInt] = [:]

  /// - Parameter info: base address, name, program headers, and their number.
  init(_ info: UnsafeRawPointer) {
    base = info.load(as: UInt.self)
    guard let headers = info.load(fromByteOffset: 16, as: UnsafeRawPointer?.self) else { return }
    for index in 0..<Int(info.load(fromByteOffset: 24, as: UInt16.self))
    where headers.load(fromByteOffset: 56 * index, as: UInt32.self) == 2 {
      let address = base + headers.load(fromByteOffset: 56 * index + 16, as: UInt.self)
      var entry = UnsafeRawPointer(bitPattern: address)!
      while entry.load(as: Int.self) != 0 {
        entries[entry.load(as: Int.self)] = entry.load(fromByteOffset: 8, as: UInt.self)
        entry += 16
      }
    }
  }
}

private func replaceCalls(in object: LoadedObject) -> Int32 {
  guard let strings = object.entries[5], let symbols = object.entries[6], strings > object.base, symbols > object.base else {
    return 0
  }
  // Calls through the procedure table, and addresses that are taken otherwise.
  for (table, size) in [(23, 2), (7, 8)] {
    guard let start = object.entries[table], let bytes = object.entries[size], start > object.base else { continue }
    for offset in stride(from: 0, to: bytes, by: 24) {
      let relocation = UnsafeRawPointer(bitPattern: start + offset)!
      let (place, info) = (relocation.load(as: UInt.self), relocation.load(fromByteOffset: 8, as: UInt.self))
      guard [6, 7, 1025, 1026].contains(info & 0xFFFF_FFFF), info >> 32 != 0 else { continue }
      let name = UnsafeRawPointer(bitPattern: symbols + 24 * (info >> 32))!.load(as: UInt32.self)
      let called = UnsafePointer<CChar>(bitPattern: strings + UInt(name))!
      guard let replacement = replacements.first(where: { strcmp(called, $0.name) == 0 })?.address else { continue }
      let address = object.base + place
      mprotect(UnsafeMutableRawPointer(bitPattern: address & ~4095), 4096, PROT_READ | PROT_WRITE)
      UnsafeMutableRawPointer(bitPattern: address)!.storeBytes(of: replacement, as: UInt.self)
    }
  }
  return 0
}

@_silgen_name("dl_iterate_phdr") private func iterateObjects(
  _ body: @convention(c) (UnsafeRawPointer?, Int, UnsafeMutableRawPointer?) -> Int32, _ data: UnsafeMutableRawPointer?
) -> Int32
