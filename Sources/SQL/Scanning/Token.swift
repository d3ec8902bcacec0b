/// A piece of SQL text, as PostgreSQL's scanner cuts it: where it is and what it looks like, not what it means.
struct Token: Equatable {
  var kind: Kind
  /// Bytes of the text.
  var range: Range<Int>

  enum Kind: UInt8 {
    /// An unquoted name or a key word.
    case word
    /// `"name"`, `U&"name"`.
    case quotedName
    /// Any string constant, its prefix included: `'…'`, `E'…'`, `$tag$…$tag$`, `B'…'`, `X'…'`, `N'…'`, `U&'…'`. Strings that SQL joins
    /// because they are on different lines are several.
    case string
    case number
    /// `$1`.
    case parameter
    /// Out of `+ - * / < > = ~ ! @ # % ^ & | ? ` and the backquote: one operator, cut as PostgreSQL cuts it.
    case symbol
    /// One of `( ) [ ] , ; . :`, or any byte that begins nothing.
    case mark
    /// `::`, `:=`, `=>` and `..`.
    case pair
    /// The text ends within a string, quoted name or comment: the rest of it.
    case unterminated
  }
}

/// Key words that decide how deep a text can nest, and a few more that cutting pieces out of a text needs.
enum KeyWord: UInt64 {
  case and, or, not, between, join, union, intersect, except, `case`, end, when, then, `else`, on, `is`, isnull, notnull, collate,
    at, like, ilike, similar, `in`, begin, atomic, `operator`

  /// The word of these bytes, in any case; nil if it is none of these.
  init?(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    guard 2...9 ~= range.count else { return nil }
    var packed: UInt64 = 0
    for i in range.prefix(8) { packed = packed << 8 | UInt64(bytes[i] | 0x20) }
    switch (packed, range.count) {
    case (0x61_6E64, 3): self = .and
    case (0x6F72, 2): self = .or
    case (0x6E_6F74, 3): self = .not
    case (0x62_65_74_77_65_65_6E, 7): self = .between
    case (0x6A6F_696E, 4): self = .join
    case (0x75_6E69_6F6E, 5): self = .union
    case (0x69_6E_74_65_72_73_65_63, 9) where bytes[range.upperBound - 1] | 0x20 == 0x74: self = .intersect
    case (0x6578_6365_7074, 6): self = .except
    case (0x6361_7365, 4): self = .case
    case (0x65_6E64, 3): self = .end
    case (0x7768_656E, 4): self = .when
    case (0x7468_656E, 4): self = .then
    case (0x656C_7365, 4): self = .else
    case (0x6F6E, 2): self = .on
    case (0x6973, 2): self = .is
    case (0x6973_6E75_6C6C, 6): self = .isnull
    case (0x6E_6F74_6E75_6C6C, 7): self = .notnull
    case (0x63_6F6C_6C61_7465, 7): self = .collate
    case (0x6174, 2): self = .at
    case (0x6C69_6B65, 4): self = .like
    case (0x69_6C69_6B65, 5): self = .ilike
    case (0x73_696D_696C_6172, 7): self = .similar
    case (0x696E, 2): self = .in
    case (0x62_6567_696E, 5): self = .begin
    case (0x6174_6F6D_6963, 6): self = .atomic
    case (0x6F70_6572_6174_6F72, 8): self = .operator
    default: return nil
    }
  }
}
