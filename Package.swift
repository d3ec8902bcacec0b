// swift-tools-version: 6.2
import PackageDescription

#if arch(x86_64)
  /// Vector comparisons of 64-bit numbers and population counts: every x86 server since 2009. Without the tuning the compiler
  /// takes this for a processor of that year, on which rotations were best written as double shifts: three times slower now.
  let processor = ["-march=x86-64-v2", "-mtune=generic"]
#else
  let processor: [String] = []
#endif

/// Hot rooms are optimised across module borders; exclusivity is proven by tests (debug builds check it), not paid for per access.
let hot: [SwiftSetting] = [
  .unsafeFlags(
    ["-cross-module-optimization", "-enforce-exclusivity=unchecked"] + processor.flatMap { ["-Xcc", $0] },
    .when(configuration: .release))
]

/// What `premise --version` says beside the version. The Makefile knows it; asked of git here, it would be kept from the first build on.
let commit = Context.environment["PREMISE_COMMIT"] ?? "commit unknown"

// Targets are listed as the house stands, from the ground up: a target imports only what is above it in this list.
let package = Package(
  name: "premise",
  products: [
    .executable(name: "premise", targets: ["premise"]),
    .library(name: "Premise", targets: ["Premise"]),
  ],
  targets: [
    .target(name: "Relations", swiftSettings: hot),
    .target(name: "Expressions", dependencies: ["Relations"], swiftSettings: hot),
    .target(name: "Queries", dependencies: ["Expressions"], swiftSettings: hot),
    .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    .target(name: "Formats", dependencies: ["CSnappy", "CZlib", "CZstd", "Relations"], swiftSettings: hot),

    .systemLibrary(name: "CPgQuery", providers: [.apt(["libpg-query-dev", "libprotobuf-c-dev"])]),
    .target(name: "SQL", dependencies: ["CPgQuery", "Queries"], swiftSettings: hot),

    .systemLibrary(name: "CRocksDB", providers: [.apt(["librocksdb-dev"])]),
    .target(name: "Storage", dependencies: ["CRocksDB", "Queries"], swiftSettings: hot),
    .target(name: "Circuits", dependencies: ["Queries"], swiftSettings: hot),
    .target(name: "Sentry", dependencies: ["Storage"], swiftSettings: hot),
    .target(name: "Engine", dependencies: ["Circuits", "Formats", "Sentry", "SQL"], swiftSettings: hot),

    .target(name: "Premise", dependencies: ["Engine"], path: "Sources/Library"),

    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(name: "PostgreSQL", dependencies: ["CLibPQ"]),

    .target(name: "CVersion", cSettings: [.define("PREMISE_COMMIT", to: "\"\(commit)\"")]),
    .executableTarget(name: "premise", dependencies: ["CVersion", "Engine"], path: "Sources/Program"),

    .target(
      name: "BenchmarkPeers", path: "Benchmarks/Peers", cxxSettings: [.unsafeFlags(processor, .when(configuration: .release))]),
    .executableTarget(
      name: "Benchmarks", dependencies: ["BenchmarkPeers", "Engine"], path: "Benchmarks/Runner", swiftSettings: hot),

    .target(name: "TestKit", dependencies: ["Expressions", "PostgreSQL"], path: "Tests/TestKit"),
    .testTarget(name: "PostgreSQLTests", dependencies: ["PostgreSQL", "TestKit"]),
    .testTarget(name: "RelationsTests", dependencies: ["Relations", "TestKit"]),
    .testTarget(name: "ExpressionsTests", dependencies: ["Expressions", "TestKit"]),
    .testTarget(name: "FormatsTests", dependencies: ["Formats", "TestKit"]),
    .testTarget(name: "SQLTests", dependencies: ["SQL", "TestKit"]),
    .executableTarget(name: "StoreCrasher", dependencies: ["Storage", "TestKit"], path: "Tests/StoreCrasher"),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "StoreCrasher", "TestKit"]),
    .testTarget(name: "CircuitsTests", dependencies: ["Circuits", "SQL", "TestKit"]),
    .testTarget(name: "SentryTests", dependencies: ["Sentry", "SQL", "TestKit"]),
    .testTarget(name: "ProgramTests", dependencies: ["Formats", "premise", "SQL", "TestKit"]),
    .testTarget(name: "EngineTests", dependencies: ["Engine", "SQL", "TestKit"]),
    .testTarget(name: "LibraryTests", dependencies: ["Premise"]),
  ],
  swiftLanguageModes: [.v6]
)

// `Scripts/fuzz` sets FUZZ to where libFuzzer's library is, and builds in a place of its own.
if let fuzzer = Context.environment["FUZZ"] {
  for target in package.targets where ["Relations", "Expressions", "Queries", "Formats", "SQL"].contains(target.name) {
    target.swiftSettings = [.unsafeFlags(["-sanitize=fuzzer,address"])]
  }
  package.targets += [
    .target(name: "CFuzzer", path: "Fuzz/CFuzzer"),
    .executableTarget(
      name: "Fuzz", dependencies: ["CFuzzer", "Formats", "SQL"], path: "Fuzz/Runner",
      swiftSettings: [.unsafeFlags(["-sanitize=address"])],
      linkerSettings: [.unsafeFlags(["-sanitize=address", fuzzer, "-lstdc++"])]),
  ]
}
