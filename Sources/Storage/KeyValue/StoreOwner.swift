import Glibc

/// Who has a store open, as he wrote it down: for the message to whoever comes second.
///
///     DIRECTORY/owner    "process 4711 on db-host"
///     DIRECTORY/data     RocksDB's files, and its lock, which is what counts
enum StoreOwner {
  static func file(_ path: String) -> String { path + "/owner" }
  static func data(_ path: String) -> String { path + "/data" }

  /// Says that it is us.
  static func write(at path: String) {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard let file = fopen(file(path), "w") else { return }
    defer { fclose(file) }
    fputs("process \(getpid()) on \(host)\n", file)
  }

  static func remove(at path: String) { unlink(file(path)) }

  static func description(at path: String) -> String {
    guard let file = fopen(file(path), "r") else { return "somebody who did not say who he is" }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, Int32(line.count), file) != nil else { return "somebody who did not say who he is" }
    return String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
