#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// International Components for Unicode, as it is installed: whose rules PostgreSQL orders text by under a collation of provider `icu`.
///
/// The rules change from one version to the next, and a database states which it was made with. So the library is not linked but looked
/// for, when a schema asks for such rules: of several that are installed, one may be the right one, and who has none needs none.
/// ICU appends its version to the name of each of its functions.
struct ICULibrary: @unchecked Sendable {
  typealias Open = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<Int32>) -> OpaquePointer?
  typealias Version = @convention(c) (OpaquePointer, UnsafeMutablePointer<UInt8>) -> Void
  typealias SortKey = @convention(c) (OpaquePointer, UnsafePointer<UInt16>, Int32, UnsafeMutablePointer<UInt8>?, Int32) -> Int32

  let open: Open
  let version: Version
  let sortKey: SortKey

  /// All that are installed, the latest first.
  static let installed: [ICULibrary] = (50...99).reversed().compactMap { ICULibrary(major: $0) }

  private init?(major: Int) {
    guard let library = dlopen("libicui18n.so.\(major)", RTLD_NOW | RTLD_LOCAL),
      let open = dlsym(library, "ucol_open_\(major)"), let version = dlsym(library, "ucol_getVersion_\(major)"),
      let sortKey = dlsym(library, "ucol_getSortKey_\(major)")
    else { return nil }
    self.open = unsafeBitCast(open, to: Open.self)
    self.version = unsafeBitCast(version, to: Version.self)
    self.sortKey = unsafeBitCast(sortKey, to: SortKey.self)
  }
}

/// The rules of one locale. Never closed: a process meets few.
struct ICUCollator: @unchecked Sendable {
  private let library: ICULibrary
  /// ICU promises that a collator which nobody changes may be used by several threads.
  private let collator: OpaquePointer

  /// - Parameter version: as PostgreSQL records it.
  init?(locale: String, version: String) {
    let rivals = ICULibrary.installed.lazy.compactMap { ICUCollator(locale: locale, $0) }
    guard let found = rivals.first(where: { $0.version == version }) else { return nil }
    self = found
  }

  init?(locale: String, _ library: ICULibrary) {
    var status: Int32 = 0
    // Beyond zero are errors, below it warnings.
    guard let collator = library.open(locale, &status), status <= 0 else { return nil }
    self.library = library
    self.collator = collator
  }

  /// As PostgreSQL records it: four numbers without zeros at the end, and two of them at least.
  var version: String {
    var numbers: [UInt8] = [0, 0, 0, 0]
    library.version(collator, &numbers)
    while numbers.count > 2, numbers.last == 0 { numbers.removeLast() }
    return numbers.map(String.init).joined(separator: ".")
  }

  /// Appends bytes that order as ICU orders the texts, up to ties, and end in a zero, the only one.
  ///
  /// - Parameter units: with a zero behind them, which does not count.
  func appendSortKey(of units: [UInt16], to key: inout [UInt8]) {
    let count = Int32(units.count - 1)
    let start = key.count
    var room = 3 * units.count + 16
    while true {
      key.append(contentsOf: repeatElement(0, count: room))
      let length = units.withUnsafeBufferPointer { units in
        key.withUnsafeMutableBufferPointer { key in
          library.sortKey(collator, units.baseAddress!, count, key.baseAddress! + start, Int32(room))
        }
      }
      key.removeLast(key.count - start - min(Int(length), room))
      if Int(length) <= room { return }
      key.removeLast(key.count - start)
      room = Int(length)
    }
  }
}
