internal import CPgQuery
import Expressions
import Queries
import Relations

/// Texts by the shape they have: what was bound once is not bound again for other constants.
///
///     let known = KnownTemplates(binder)
///     let read = try known.read("SELECT note FROM orders WHERE id = 7")     // the whole path
///     let next = try known.read("select note from orders where id=8")       // a scan: the same template, another constant
///
/// A text's scan gives a skeleton and literals. What the first text with a skeleton meant is learned: which literal became which
/// constant, as a value of which type. A literal that became none (`ORDER BY 1`, `numeric(10,2)`) or that was compared with another has to
/// stand in the next text just so. Whatever is not sure takes the whole path; that both say the same is what the tests are about.
///
/// Shaped for many texts of few shapes. It keeps a bounded number of skeletons, those that were asked for last; one owner uses it.
public final class KnownTemplates {
  private let binder: Binder
  private let capacity: Int
  private var scan = TextScan()
  /// By a hash of the skeleton. What is not asked for until `recent` is full again is forgotten with `older`.
  private var recent: [UInt64: [Learned]] = [:]
  private var older: [UInt64: [Learned]] = [:]
  private var size = 0
  /// How many texts did not need the whole path.
  public private(set) var hits = 0

  /// What a text asks: a template and what makes it this question.
  public struct Read: Sendable {
    /// The same object for all texts that were recognised by their shape.
    public let template: KnownTemplate
    public let constants: SharedTemplate.Constants
  }

  /// - Parameter capacity: how many shapes are kept at most.
  public init(_ binder: Binder, capacity: Int = 8192) {
    precondition(capacity > 1, "something is kept")
    self.binder = binder
    self.capacity = capacity
  }
}

/// A template that is shared by all who have it.
public final class KnownTemplate: Sendable {
  public let template: SharedTemplate
  init(_ template: SharedTemplate) { self.template = template }
}

extension KnownTemplates {
  /// The template and the constants of a question.
  ///
  /// - Parameter parameters: the values of `$1`, `$2`, … as PostgreSQL prints them, nil for NULL.
  /// - Throws: what binding it throws.
  public func read(_ text: String, parameters: [String?] = []) throws(BindingFailure) -> Read {
    var text = text
    let found = text.withUTF8 { bytes in find(bytes, parameters) }
    switch found {
    case .read(let read): return read
    case .unknown(let hash): return try learn(text, parameters, hash)
    case .unscanned:
      let (template, constants) = try binder.query(text, parameters: parameters).sharedTemplate
      return Read(template: KnownTemplate(template), constants: constants)
    }
  }

  /// Whether a text of this shape has been learned.
  public func knows(_ text: String, parameters: [String?] = []) -> Bool {
    var text = text
    let found = text.withUTF8 { bytes in find(bytes, parameters) }
    if case .read = found { return true }
    return false
  }

  private enum Found {
    case read(Read)
    /// Scanned, with this hash, and not recognised.
    case unknown(UInt64)
    case unscanned
  }

  private func find(_ text: UnsafeBufferPointer<UInt8>, _ parameters: [String?]) -> Found {
    guard scan.scan(text) else { return .unscanned }
    let hash = scan.hash
    if let read = recall(recent[hash], text, parameters) { return .read(read) }
    guard let old = older[hash], let read = recall(old, text, parameters) else { return .unknown(hash) }
    keep(old, hash)
    return .read(read)
  }

  private func recall(_ candidates: [Learned]?, _ text: UnsafeBufferPointer<UInt8>, _ parameters: [String?]) -> Read? {
    guard let candidates else { return nil }
    for learned in candidates where learned.fits(scan, text, parameters) {
      guard let constants = learned.constants(scan, text, parameters, binder.builder.style) else { continue }
      hits += 1
      return Read(template: learned.template, constants: constants)
    }
    return nil
  }

  /// The whole path, and what there is to learn from it.
  private func learn(_ text: String, _ parameters: [String?], _ hash: UInt64) throws(BindingFailure) -> Read {
    let query = try binder.query(text, parameters, keepsOrigins: true)
    let (template, constants) = query.sharedTemplate
    var text = text
    let learned = text.withUTF8 { bytes in
      Learned(scan, bytes, parameters, query.constants, KnownTemplate(template), constants, binder.builder.style)
    }
    guard let learned else { return Read(template: KnownTemplate(template), constants: constants) }
    keep([learned], hash)
    return Read(template: learned.template, constants: constants)
  }

  /// Of one shape with different literals in places that matter, the last few are kept.
  private func keep(_ learned: [Learned], _ hash: UInt64) {
    let before = recent[hash] ?? []
    let kept = Array((learned + before.filter { one in !learned.contains { $0 === one } }).prefix(8))
    if size + kept.count - before.count > capacity / 2 {
      older = recent
      recent = [hash: kept]
      size = kept.count
    } else {
      recent[hash] = kept
      size += kept.count - before.count
    }
  }
}

extension TextScan {
  /// Of the skeleton. Nothing is proven by it.
  fileprivate var hash: UInt64 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(length)
    let bytes = UnsafeRawBufferPointer(skeleton)
    var i = 0
    while i + 8 <= length {
      let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      hash = product.high ^ product.low
      i += 8
    }
    while i < length {
      hash = (hash ^ UInt64(bytes[i])) &* 0x0000_0100_0000_01B3
      i += 1
    }
    return hash ^ hash >> 32
  }
}
