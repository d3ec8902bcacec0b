import TestKit
import Testing

@Suite struct ClusterTests {
  @Test func `answers in text form`() throws {
    let cluster = try Cluster.shared()
    #expect(try cluster.query("SELECT 1.50, NULL, ''") == [["1.50", nil, ""]])
  }
}
