/// `numeric`, whose text is `Numeric`'s own business; here it meets the modifier and the rest of the types.
extension TextForm {
  public static func parseNumeric(_ bytes: UnsafeBufferPointer<UInt8>, as type: SQLType) throws(ParseFailure) -> Numeric {
    throw .unsupported("numeric")
  }

  public static func appendNumeric(_ value: Numeric, to text: inout [UInt8]) {
  }
}
