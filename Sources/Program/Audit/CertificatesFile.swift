import Engine
import Formats
import Queries
import Relations

/// A file of certificates: lines as a file of reads has them, of which the name and the certificate count.
///
///     {"read":"q7","sql":"SELECT max(total) FROM orders WHERE region = $1","params":["emea"],"certificate":"1000.…"}
enum CertificatesFile {
  static func write(_ engine: VerdictEngine, to path: String, threads: Int) throws {
    guard engine.base != nil else {
      throw InconsistentInput("--write-certificates needs main's rows at the fork: add --base, or a --store that has them")
    }
    var text: [UInt8] = []
    for certified in engine.certificates(threads: threads) {
      let read = engine.recordedRead(certified.place)
      JSON.object([
        ("read", .text(read.id ?? ContentName.of(read))), ("sql", .text(read.sql)),
        ("params", read.parameters.isEmpty ? nil : .array(read.parameters.map(JSON.scalar))),
        ("certificate", .text(certified.certificate)),
      ]).write(to: &text)
      text.append(UInt8(ascii: "\n"))
    }
    try TextFile.write(to: path) { $0.write(text) }
  }

  /// Certificates by the names of their reads.
  static func read(_ path: String, _ schema: Schema) throws -> [String: Scalar] {
    var reader = ReadsReader(try FileSource(path), schema: schema)
    var certificates: [String: Scalar] = [:]
    while let item = try reader.next() {
      guard case .read(let read) = item else { continue }
      guard let name = read.id, let certificate = read.certificate else {
        throw InconsistentInput(
          "\(read.place): no certificate: a line has \"read\" and \"certificate\", as --write-certificates writes it")
      }
      certificates[name] = certificate
    }
    return certificates
  }
}

extension ReadsFile {
  /// Gives reads the certificates that were remembered of them, unless they have one.
  ///
  /// - Returns: what whoever reads the report should know.
  mutating func certify(by certificates: [String: Scalar], _ path: String) -> [String] {
    var unused = certificates
    for place in items.indices {
      guard case .read(let bound) = items[place] else { continue }
      let name = bound.read.id ?? ContentName.of(bound.read)
      unused[name] = nil
      guard bound.read.certificate == nil, let certificate = certificates[name] else { continue }
      items[place] = .read(bound.certified(by: certificate))
    }
    if unused.isEmpty { return [] }
    return ["\(path): \(unused.count) of \(certificates.count) certificates are of reads that are not in the file of reads"]
  }
}
