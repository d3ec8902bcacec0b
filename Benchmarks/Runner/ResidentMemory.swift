import Glibc

/// How much memory the process has.
enum ResidentMemory {
  /// Memory that was freed stays with the process, as in a service that has run for a while; else the kernel's clearing of pages
  /// is a third of what is measured.
  static func keepFreed() {
    let (trimThreshold, mapThreshold) = (-1 as Int32, -3 as Int32)
    _ = mallopt(mapThreshold, 1 << 30)
    _ = mallopt(trimThreshold, .max)
  }

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

/// Not in Swift's module of the library.
@_silgen_name("mallopt") private func mallopt(_ parameter: Int32, _ value: Int32) -> Int32
