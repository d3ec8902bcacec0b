import Queries
import Relations

/// What is said of a read.
public enum Decision: Hashable, Sendable {
  case holds
  case stale
  case doubtful(DoubtReason)
}
