import Glibc

/// How much memory the process has.
enum ResidentMemory {
  static var bytes: Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let fields = line.prefix { $0 != 0 }.split(separator: 32)
    let digits = fields[1].map { UInt8(bitPattern: $0) }
    return (Int(String(decoding: digits, as: UTF8.self)) ?? 0) * Int(getpagesize())
  }
}

extension ResidentMemory {
  /// Gives back to the kernel what is free, so that growth is growth.
  static func giveBack() { _ = malloc_trim(0) }
}

/// Not in Swift's module of the library.
@_silgen_name("malloc_trim") private func malloc_trim(_ padding: Int) -> Int32
