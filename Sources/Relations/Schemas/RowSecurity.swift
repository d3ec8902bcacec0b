/// Which rows of a table a user sees. Where it is enabled a read depends on who asked, and on every relation that a policy names.
public struct RowSecurity: Sendable {
  /// Whether policies count; without any, nobody but the owner sees a row.
  public var isEnabled: Bool
  /// Whether it binds the table's owner as well.
  public var isForced: Bool
  /// Kept, and without effect, while row security is not enabled.
  public var policies: [Policy]

  public init(isEnabled: Bool = false, isForced: Bool = false, policies: [Policy] = []) {
    self.isEnabled = isEnabled
    self.isForced = isForced
    self.policies = policies
  }

  /// `CREATE POLICY`.
  public struct Policy: Hashable, Sendable {
    public var name: Identifier
    /// Permissive ones are joined by OR, restrictive ones by AND.
    public var isPermissive: Bool
    /// The statements that it applies to.
    public var command: Command
    /// Empty for everybody (`PUBLIC`).
    public var roles: [Identifier]
    /// `USING`, as SQL text: which existing rows are seen.
    public var using: String?
    /// `WITH CHECK`, as SQL text: which new rows are accepted.
    public var withCheck: String?

    public init(
      _ name: Identifier, isPermissive: Bool = true, command: Command = .all, roles: [Identifier] = [], using: String? = nil,
      withCheck: String? = nil
    ) {
      self.name = name
      self.isPermissive = isPermissive
      self.command = command
      self.roles = roles
      self.using = using
      self.withCheck = withCheck
    }
  }

  /// The statements that a policy applies to.
  public enum Command: Hashable, Sendable {
    case all, select, insert, update, delete
  }
}
