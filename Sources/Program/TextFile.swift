import Glibc

/// Whole files, for texts that are read at once: `-` is standard input.
enum TextFile {
  static func read(_ path: String) throws -> String {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY)
    guard descriptor >= 0 else { throw FileError(path, "read") }
    defer { if descriptor != 0 { close(descriptor) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 { throw FileError(path, "read") }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw InconsistentInput("\(path): the file is not UTF-8")
    }
    return text
  }

  static func write(_ text: String, to path: String) throws { try write(to: path) { $0.write(text) } }

  static func write(to path: String, _ body: (FileHandle) -> Void) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw FileError(path, "written") }
    defer { close(descriptor) }
    body(FileHandle(descriptor: descriptor))
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

/// The operating system does not give us a file.
struct FileError: InputError, CustomStringConvertible {
  let description: String

  init(_ path: String, _ verb: String) {
    description = "\(path): the file cannot be \(verb) (\(String(cString: strerror(errno)))): check the path and the permissions"
  }
}
