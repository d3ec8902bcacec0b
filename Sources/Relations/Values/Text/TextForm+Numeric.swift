/// `numeric`, whose text is `Numeric`'s own business; here it meets its modifier, and bytes that are no text.
extension TextForm {
  /// - Parameter type: `numeric`, with or without precision and scale.
  public static func parseNumeric(_ bytes: UnsafeBufferPointer<UInt8>, as type: SQLType) throws(Failure) -> Numeric {
    do throws(SQLError) {
      let value = try Numeric(parsing: bytes)
      guard let (precision, scale) = type.precisionAndScale else { return value }
      return try value.coerced(toPrecision: precision, scale: scale)
    } catch {
      throw isText(bytes) ? .raised(error) : notText
    }
  }

  /// Appends what the output function prints.
  public static func appendNumeric(_ value: Numeric, to text: inout [UInt8]) {
    value.append(to: &text)
  }
}
