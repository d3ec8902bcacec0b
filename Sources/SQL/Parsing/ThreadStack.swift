internal import CPgQuery
import Glibc

/// How much stack the current thread has left.
enum ThreadStack {
  /// In bytes; 0 if nobody knows.
  static var remaining: Int {
    let lowest = lowest
    guard lowest != 0 else { return 0 }
    var here: UInt8 = 0
    let remaining = withUnsafeMutablePointer(to: &here) { Int(bitPattern: $0) - lowest }
    // Elsewhere than on the stack, where a sanitizer puts what it watches.
    return 0...most ~= remaining ? remaining : 0
  }

  /// The first thread's stack grows, up to a limit that may be none: more than this is not counted on.
  private static let most = 4 << 20

  /// The end of the stack, asked of the system once a thread: for the first one it reads a file.
  private static var lowest: Int {
    if let known = pthread_getspecific(key) { return Int(bitPattern: known) }
    var attributes = pthread_attr_t()
    guard pthread_getattr_np(pthread_self(), &attributes) == 0 else { return 0 }
    defer { pthread_attr_destroy(&attributes) }
    var (start, size, guardSize) = (UnsafeMutableRawPointer?.none, 0, 0)
    guard pthread_attr_getstack(&attributes, &start, &size) == 0, pthread_attr_getguardsize(&attributes, &guardSize) == 0,
      let start
    else { return 0 }
    let lowest = Int(bitPattern: start) + guardSize + max(0, size - guardSize - most)
    pthread_setspecific(key, UnsafeRawPointer(bitPattern: lowest))
    return lowest
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    // Without one, every look asks the system.
    pthread_key_create(&key, nil)
    return key
  }()
}
