import Testing

@testable import Sentry

@Suite struct SentryTests {}
