/// Why bytes are not taken for a checkpoint.
public enum CheckpointError: Error, Hashable, Sendable {
  /// They do not begin as one does.
  case notACheckpoint
  /// They are of a version that is not read here.
  case version(UInt32)
  /// They were written under another secret, so that no cell would mean anything.
  case otherSecret
  /// They were written under another clock or time zone.
  case otherContext
  /// They are not what was written.
  case corrupt
}
