internal import CPgQuery

/// The structures of PostgreSQL's parse tree, field by field, under PostgreSQL's own names, which its documentation and sources
/// explain.
///
/// Each is one pointer into a `ParsedSQL` and reads from there when asked. A text that is absent is empty, as it comes; a
/// `location` is a byte of the text, or -1.
enum Syntax {}

/// One pointer to a structure of the tree.
protocol SyntaxNode {
  associatedtype C
  init(c: UnsafePointer<C>)
}

extension SyntaxNode {
  init(_ c: UnsafeMutablePointer<C>) { self.init(c: UnsafePointer(c)) }
  init?(_ c: UnsafeMutablePointer<C>?) {
    guard let c else { return nil }
    self.init(c)
  }
}

extension Syntax {
  /// A constant as it was written.
  struct AConst: SyntaxNode {
    let c: UnsafePointer<PgQuery__AConst>

    var location: Int32 { c.pointee.location }
    var value: Literal {
      let c = c.pointee
      if c.isnull != 0 { return .null }
      switch c.val_case {
      case PG_QUERY__A__CONST__VAL_IVAL: return .integer(c.ival.pointee.ival)
      case PG_QUERY__A__CONST__VAL_FVAL: return .number(String(cString: c.fval.pointee.fval))
      case PG_QUERY__A__CONST__VAL_BOOLVAL: return .boolean(c.boolval.pointee.boolval != 0)
      case PG_QUERY__A__CONST__VAL_SVAL: return .string(String(cString: c.sval.pointee.sval))
      case PG_QUERY__A__CONST__VAL_BSVAL: return .bits(String(cString: c.bsval.pointee.bsval))
      default: preconditionFailure("the grammar makes no other constants")
      }
    }
  }

  /// What a constant says. A sign is in it where the grammar takes the minus for one: `-5`, but not `- (5)`.
  enum Literal: Hashable {
    /// Fits 32 bits.
    case integer(Int32)
    /// The digits of any other number.
    case number(String)
    case string(String)
    /// `b101` or `x1F`: the kind, then the digits.
    case bits(String)
    case boolean(Bool)
    case null
  }
}
