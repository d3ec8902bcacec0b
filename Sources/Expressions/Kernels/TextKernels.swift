import Relations

/// The functions on text that queries use, in database encoding UTF8 and collation C.
///
/// Shaped for columns of short texts, nearly all of them ASCII, and for arguments beside the text (lengths, sets, delimiters)
/// that are the same in all rows. A character is a code point: lengths and positions count them, eight bytes at a time.
///
/// What only cuts (`left`, `trim`, `split_part`, …) leaves new slots on the old heap; everything else writes its results one
/// after the other onto one new heap.
enum TextKernels {
  static let all: [(String, Kernel)] =
    lengths + letters + cutting + trimming + padding + joining + replacing + searching + codes + quoting + ordering
}
