/// What the text of a value depends on besides the value and its type: the settings of the session that reads or writes it.
///
/// Only the time zone varies for now. The rest is fixed, as PostgreSQL has it by default: `DateStyle` is `ISO, MDY`,
/// `extra_float_digits` is 1 (the shortest digits that read back as the same number), `lc_numeric` is `C`.
public struct TextStyle: Sendable {
  /// The session's `TimeZone`: by it `timestamptz` is printed, and read where the text does not give an offset.
  public var zone: Zone

  /// A session in a time zone.
  public init(zone: Zone = .utc) { self.zone = zone }
}
