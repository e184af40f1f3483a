// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),  // `any P` is visible
    .enableUpcomingFeature("InternalImportsByDefault"),  // a dependency cannot leak by accident
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),  // pointers must say `unsafe`
    .treatAllWarnings(as: .error),
]

// Arrows point down only: a target imports what stands above it in this list.
let package = Package(
    name: "Sovereign",
    products: [
        // Expressions for other packages, with the modules whose types appear in their interfaces.
        .library(name: "CEL", targets: ["CEL", "CELLibraries", "Documents", "Chronology", "Basics"]),
        .executable(name: "ocm", targets: ["ocm"]),
        .executable(name: "sovereign", targets: ["sovereign"]),
        .executable(name: "sovereign-notes", targets: ["sovereign-notes"]),
        .executable(name: "benchmarks", targets: ["benchmarks"]),
        .executable(name: "hostile-expressions", targets: ["hostile-expressions"]),
    ],
    targets: [
        // C libraries; each has exactly one importing target.
        .systemLibrary(name: "CFileRange"),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CSpawn"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),

        // Mechanisms: they know nothing of components.
        .target(name: "Basics", dependencies: ["CFileRange", "CMalloc", "CSpawn", "Chronology"]),
        .target(name: "Chronology"),
        .target(name: "Cryptography", dependencies: ["Basics", "COpenSSL"]),
        .target(name: "Documents", dependencies: ["Basics", "CYAML"]),
        .target(name: "Archives", dependencies: ["Basics", "CZlib"]),
        .target(name: "Evidence", dependencies: ["Basics", "Cryptography", "Documents"]),
        .target(name: "Deltas", dependencies: ["Basics", "Cryptography", "Documents", "Archives"]),
        .target(name: "Storage", dependencies: ["Basics", "Cryptography", "CSQLite"]),
        .target(name: "Tokens", dependencies: ["Basics", "Cryptography", "Documents"]),
        .target(name: "Web", dependencies: ["Basics"]),
        .target(name: "KubernetesFormats", dependencies: ["Web"]),
        .target(name: "Kubernetes", dependencies: ["Basics", "Documents", "Chronology", "KubernetesFormats"]),
        .target(
            name: "KubernetesAccess",
            dependencies: ["Basics", "Chronology", "Cryptography", "Documents", "Tokens", "Web", "Kubernetes"]),
        .target(
            name: "KubernetesStore", dependencies: ["Basics", "Cryptography", "Documents", "Storage", "Kubernetes"]),
        .target(
            name: "Reconciling", dependencies: ["Basics", "Chronology", "Cryptography", "Documents", "Kubernetes"]),
        .target(name: "KubernetesPatches", dependencies: ["Basics", "Documents"]),
        .target(
            name: "KubernetesKinds",
            dependencies: ["Basics", "Chronology", "Documents", "Web", "KubernetesFormats", "Kubernetes"]),
        .target(name: "WebClient", dependencies: ["Basics", "Web", "CCurl"]),
        .target(name: "SPDY", dependencies: ["Basics", "Archives"]),
        .target(
            name: "KubernetesClient",
            dependencies: ["Basics", "Chronology", "Documents", "Web", "WebClient", "SPDY", "Kubernetes"]),
        .target(name: "WebServer", dependencies: ["Basics", "Web", "CMicroHTTPD"]),
        .target(
            name: "AccessControl",
            dependencies: ["Basics", "Cryptography", "Documents", "Tokens", "Web", "OCI", "CCrypt"]),
        .target(name: "Telemetry", dependencies: ["Basics", "Chronology", "Documents", "Web", "WebClient"]),
        .target(name: "CommandLineKit", dependencies: ["Basics"]),
        .target(name: "RegularExpressions", dependencies: ["Basics"]),

        // Standards.
        .target(name: "CEL", dependencies: ["Basics", "Documents", "Chronology", "RegularExpressions"]),
        .target(
            name: "CELLibraries",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Chronology", "Web", "KubernetesFormats", "RegularExpressions",
                "CEL",
            ]),
        .target(name: "CELTesting", dependencies: ["Basics", "Documents", "Chronology", "CEL", "CELLibraries"]),
        .target(
            name: "KubernetesSchemas",
            dependencies: [
                "Basics", "Chronology", "Documents", "Web", "KubernetesFormats", "Kubernetes", "RegularExpressions",
                "CEL",
                "CELLibraries",
            ]),
        .target(
            name: "KubernetesControllers",
            dependencies: [
                "Basics", "Chronology", "Cryptography", "Documents", "Web", "WebServer", "Kubernetes",
                "KubernetesClient", "Reconciling", "Telemetry",
            ]),
        .target(
            name: "KubernetesServer",
            dependencies: [
                "Basics", "Archives", "Chronology", "Cryptography", "Documents", "Storage", "Web", "WebServer",
                "Kubernetes", "KubernetesStore", "KubernetesPatches", "KubernetesKinds", "KubernetesSchemas",
                "KubernetesAccess", "Telemetry",
            ]),
        .target(name: "OCI", dependencies: ["Basics", "Cryptography", "Documents", "Archives", "Web", "WebClient"]),
        .target(name: "ComponentModel", dependencies: ["Basics", "Cryptography", "Documents"]),
        .target(name: "Localization", dependencies: ["Basics", "Documents", "Archives"]),
        .target(
            name: "PackageRepositories",
            dependencies: ["Basics", "Cryptography", "Documents", "Archives", "Web", "WebClient"]),

        // Services.
        .target(
            name: "Repositories",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Archives", "Deltas", "Web", "WebClient", "OCI",
                "ComponentModel", "PackageRepositories",
            ]),
        .target(
            name: "Registry", dependencies: ["Basics", "Cryptography", "Documents", "OCI", "Storage"]),
        .target(
            name: "RegistryRules",
            dependencies: [
                "Basics", "Cryptography", "Documents", "OCI", "AccessControl", "Registry", "ComponentModel",
                "Repositories",
            ]),
        .target(
            name: "RegistryProxy",
            dependencies: [
                "Basics", "Cryptography", "Documents", "OCI", "Web", "WebClient", "AccessControl", "Registry",
            ]),
        .target(
            name: "RegistryMirror",
            dependencies: [
                "Basics", "Cryptography", "Documents", "OCI", "Web", "WebClient", "AccessControl", "Registry",
                "ComponentModel", "Repositories",
            ]),
        .target(
            name: "RegistryServer",
            dependencies: [
                "Basics", "Cryptography", "Documents", "OCI", "Storage", "Web", "WebServer", "AccessControl",
                "Registry", "RegistryRules", "RegistryProxy", "RegistryMirror", "Telemetry",
            ]),
        .target(
            name: "Transfer",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Evidence", "Deltas", "Web", "WebClient", "OCI",
                "ComponentModel", "Repositories",
            ]),

        .target(
            name: "Orchestration",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Evidence", "CEL", "CELLibraries", "OCI", "ComponentModel",
                "Repositories", "Transfer",
            ]),
        .target(
            name: "Plugins",
            dependencies: ["Basics", "Cryptography", "Documents", "Repositories", "Orchestration"]),
        .target(
            name: "Operations",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Evidence", "Archives", "Web", "OCI", "ComponentModel",
                "PackageRepositories", "Repositories", "Transfer", "Orchestration", "CEL", "CELLibraries",
                "Localization",
            ]),

        .target(
            name: "DeliveryControllers",
            dependencies: [
                "Basics", "Chronology", "Cryptography", "Documents", "Archives", "Web", "WebClient",
                "RegularExpressions", "CEL", "CELLibraries", "KubernetesFormats", "Kubernetes", "KubernetesClient",
                "KubernetesControllers", "Reconciling", "OCI", "ComponentModel", "Repositories", "Transfer",
                "Orchestration", "Operations",
            ]),

        // Applications.
        .target(
            name: "CELWorkbench", dependencies: ["Basics", "Documents", "Chronology", "CEL", "CELLibraries"]),
        .target(
            name: "OCMCommands",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Archives", "Web", "WebClient", "CEL", "CELLibraries",
                "CELTesting", "OCI", "ComponentModel", "Repositories", "Transfer", "Orchestration", "Plugins",
                "Operations", "CELWorkbench", "CommandLineKit", "Evidence", "Deltas",
            ]),
        .executableTarget(name: "ocm", dependencies: ["OCMCommands"]),
        .target(
            name: "Site",
            dependencies: [
                "Basics", "Documents", "Web", "WebServer", "AccessControl", "Registry", "RegistryServer", "Kubernetes",
                "KubernetesAccess", "KubernetesClient", "KubernetesControllers", "KubernetesServer",
                "DeliveryControllers", "Telemetry",
            ]),
        .target(
            name: "SovereignCommands",
            dependencies: [
                "Basics", "Documents", "Web", "WebClient", "OCI", "AccessControl", "Registry", "RegistryRules",
                "RegistryMirror", "RegistryServer", "Cryptography", "Kubernetes", "KubernetesAccess",
                "KubernetesClient", "KubernetesControllers", "KubernetesServer", "KubernetesStore",
                "DeliveryControllers", "Site", "WebServer", "Telemetry", "CommandLineKit",
            ]),
        .executableTarget(name: "sovereign", dependencies: ["Basics", "CommandLineKit", "SovereignCommands"]),

        // The sample product.
        .target(name: "SovereignNotes", dependencies: ["Basics", "Documents", "Web", "WebServer", "CPQ"]),
        .executableTarget(name: "sovereign-notes", dependencies: ["SovereignNotes", "WebServer", "Basics"]),

        // Real servers that tests and benchmarks start on free loopback ports.
        .target(name: "TestServers", dependencies: ["Basics"], path: "Tests/TestServers"),
        // The site registry, in the process of its tests.
        .target(
            name: "TestSite",
            dependencies: [
                "Basics", "Cryptography", "Documents", "WebClient", "ComponentModel", "Repositories", "AccessControl",
                "Registry", "RegistryRules", "RegistryProxy", "RegistryServer", "TestServers",
            ], path: "Tests/TestSite"),
        // A registry of our own that can be made to misbehave in every way.
        .target(
            name: "TestRegistry", dependencies: ["Basics", "Cryptography", "Documents"], path: "Tests/TestRegistry"),
        // Damaged inputs for parsers of foreign bytes.
        .target(name: "TestInputs", path: "Tests/TestInputs"),
        .target(
            name: "TestCluster",
            dependencies: [
                "Basics", "Chronology", "Documents", "Kubernetes", "KubernetesClient", "KubernetesControllers",
                "Reconciling", "TestServers",
            ],
            path: "Tests/TestCluster"),

        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "Basics", "Cryptography", "Documents", "ComponentModel", "CEL", "CELLibraries", "CommandLineKit",
                "TestServers", "Deltas", "Web", "WebClient", "Repositories", "Kubernetes", "KubernetesClient",
            ],
            path: "Benchmarks", exclude: ["Hostile"]),
        // Time and memory of expressions that mean harm.
        .executableTarget(
            name: "hostile-expressions", dependencies: ["Basics", "Documents", "CEL", "CELLibraries", "TestInputs"],
            path: "Benchmarks/Hostile"),

        .testTarget(name: "StorageTests", dependencies: ["Basics", "Cryptography", "Storage"]),
        .testTarget(
            name: "RegistryTests",
            dependencies: ["Basics", "Cryptography", "Documents", "OCI", "Storage", "Registry", "TestInputs"]),
        .testTarget(
            name: "RegistryFaultTests",
            dependencies: [
                "Basics", "Documents", "Web", "WebClient", "WebServer", "Registry", "RegistryServer", "TestServers",
                "sovereign",
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "SiteTests",
            dependencies: [
                "Archives", "Basics", "Cryptography", "Documents", "AccessControl", "OCI", "ComponentModel",
                "Repositories", "Transfer", "Orchestration", "Operations", "Reconciling", "Web", "WebClient",
                "WebServer", "RegistryServer", "Registry", "Kubernetes", "KubernetesClient", "KubernetesServer",
                "DeliveryControllers", "Site", "Telemetry", "TestServers", "TestSite",
            ]),
        .testTarget(
            name: "SiteFaultTests",
            dependencies: [
                "Basics", "Documents", "Kubernetes", "KubernetesClient", "DeliveryControllers", "TestServers",
                "TestSite",
                "sovereign",
            ]),
        .testTarget(
            name: "RegistryServerTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "OCI", "Web", "WebClient", "WebServer", "AccessControl",
                "Registry", "RegistryRules", "RegistryProxy", "RegistryMirror", "RegistryServer", "Telemetry",
                "TestServers", "TestSite",
            ]),
        .testTarget(
            name: "RegistryRulesTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "OCI", "Web", "WebClient", "ComponentModel", "Repositories",
                "AccessControl", "Registry", "RegistryRules", "RegistryServer", "TestServers", "TestSite",
            ]),
        .testTarget(
            name: "RegistryProxyTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "OCI", "Web", "WebClient", "WebServer", "AccessControl",
                "Registry", "RegistryProxy", "RegistryServer", "TestServers", "TestSite",
            ]),
        .testTarget(
            name: "RegistryMirrorTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "OCI", "Web", "WebClient", "ComponentModel", "Repositories",
                "AccessControl", "Registry", "RegistryRules", "RegistryMirror", "RegistryServer", "TestServers",
                "TestSite",
            ]),
        .testTarget(name: "BasicsTests", dependencies: ["Basics"]),
        .testTarget(name: "ChronologyTests", dependencies: ["Chronology", "TestInputs"]),
        .testTarget(name: "CryptographyTests", dependencies: ["Basics", "Cryptography", "TestInputs"]),
        .testTarget(name: "DocumentsTests", dependencies: ["Basics", "Documents", "TestInputs"]),
        .testTarget(
            name: "EvidenceTests", dependencies: ["Basics", "Cryptography", "Documents", "Evidence", "TestInputs"]),
        .testTarget(
            name: "TokensTests", dependencies: ["Basics", "Cryptography", "Documents", "Tokens", "TestInputs"]),
        .testTarget(
            name: "AccessControlTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Tokens", "Web", "OCI", "AccessControl", "TestInputs",
            ]),
        .testTarget(name: "DeltasTests", dependencies: ["Basics", "Cryptography", "Archives", "Deltas", "TestInputs"]),
        .testTarget(name: "ArchivesTests", dependencies: ["Basics", "Archives", "TestInputs"]),
        .testTarget(name: "SPDYTests", dependencies: ["Archives", "Basics", "SPDY", "TestInputs"]),
        .testTarget(name: "WebTests", dependencies: ["Basics", "Web", "TestInputs"]),
        .testTarget(
            name: "KubernetesTests", dependencies: ["Basics", "Documents", "Chronology", "Kubernetes", "TestInputs"]),
        .testTarget(
            name: "ClusterContractTests",
            dependencies: ["Basics", "WebServer", "KubernetesServer", "KubernetesClient", "TestCluster"]),
        .testTarget(
            name: "KubernetesServerTests",
            dependencies: [
                "Basics", "Archives", "Chronology", "Documents", "Web", "WebClient", "WebServer", "Kubernetes",
                "KubernetesAccess", "KubernetesStore", "KubernetesServer", "Telemetry", "TestServers",
            ]),
        .testTarget(
            name: "KubernetesAccessTests",
            dependencies: [
                "Basics", "Chronology", "Cryptography", "Documents", "Tokens", "Web", "Kubernetes", "KubernetesAccess",
                "KubernetesKinds", "TestInputs", "WebClient", "WebServer",
            ]),
        .testTarget(
            name: "ReconcilingTests", dependencies: ["Basics", "Chronology", "Documents", "Kubernetes", "Reconciling"]),
        .testTarget(
            name: "KubernetesControllersTests",
            dependencies: [
                "Basics", "Chronology", "Documents", "Web", "WebClient", "WebServer", "Kubernetes", "KubernetesClient",
                "KubernetesServer", "KubernetesControllers", "Reconciling", "Telemetry", "TestServers",
            ]),
        .testTarget(
            name: "KubernetesStoreTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Kubernetes", "KubernetesStore", "Storage", "TestInputs",
            ]),
        .testTarget(name: "KubernetesFormatsTests", dependencies: ["KubernetesFormats", "TestInputs"]),
        .testTarget(
            name: "KubernetesPatchesTests", dependencies: ["Basics", "Documents", "KubernetesPatches", "TestInputs"]),
        .testTarget(
            name: "KubernetesKindsTests",
            dependencies: ["Basics", "Chronology", "Documents", "Kubernetes", "KubernetesKinds", "TestInputs"],
            exclude: ["Fixtures"]),
        .testTarget(name: "WebClientTests", dependencies: ["Basics", "Web", "WebClient"], exclude: ["Fixtures"]),
        .testTarget(
            name: "KubernetesClientTests",
            dependencies: [
                "Basics", "Chronology", "Documents", "Kubernetes", "SPDY", "Web", "WebClient", "WebServer",
                "KubernetesClient", "TestServers", "TestInputs", "TestCluster",
            ], exclude: ["Fixtures"]),
        .testTarget(name: "WebServerTests", dependencies: ["Basics", "Web", "WebServer", "WebClient", "TestServers"]),
        .testTarget(
            name: "TelemetryTests",
            dependencies: [
                "Basics", "Documents", "Web", "WebClient", "WebServer", "Telemetry", "TestServers", "TestInputs",
            ], exclude: ["Fixtures"]),
        .testTarget(name: "CommandLineKitTests", dependencies: ["Basics", "CommandLineKit"]),
        .testTarget(
            name: "CELTests", dependencies: ["Basics", "Documents", "Chronology", "CEL", "CELLibraries", "TestInputs"]),
        .testTarget(name: "CELTestingTests", dependencies: ["Basics", "Documents", "CEL", "CELTesting"]),
        .testTarget(
            name: "CELLibrariesTests",
            dependencies: ["Basics", "Documents", "Chronology", "CEL", "CELLibraries", "TestInputs"]),
        .testTarget(
            name: "KubernetesSchemasTests",
            dependencies: ["Basics", "Chronology", "Documents", "Kubernetes", "KubernetesSchemas", "TestInputs"]),
        .testTarget(name: "RegularExpressionsTests", dependencies: ["RegularExpressions", "TestInputs"]),
        .testTarget(
            name: "CELWorkbenchTests", dependencies: ["Basics", "Documents", "CEL", "CELLibraries", "CELWorkbench"]),
        .testTarget(
            name: "OCITests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Archives", "Web", "WebClient", "OCI", "RegistryServer",
                "TestServers", "TestSite", "TestInputs",
            ], exclude: ["Fixtures"]),
        .testTarget(
            name: "ComponentModelTests",
            dependencies: ["Basics", "Cryptography", "Documents", "ComponentModel", "TestInputs"]),
        .testTarget(
            name: "LocalizationTests", dependencies: ["Basics", "Documents", "Archives", "Localization", "TestInputs"]),
        .testTarget(
            name: "PackageRepositoriesTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Archives", "Web", "WebClient", "WebServer",
                "PackageRepositories", "TestServers", "TestInputs",
            ]),
        .testTarget(
            name: "RepositoriesTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Archives", "Web", "WebClient", "WebServer", "OCI",
                "ComponentModel", "Repositories", "TestServers", "TestSite", "TestInputs",
            ]),
        .testTarget(
            name: "DeliveryControllersTests",
            dependencies: [
                "Basics", "Chronology", "Cryptography", "Documents", "Archives", "Web", "WebClient", "OCI",
                "Kubernetes", "KubernetesSchemas", "CELLibraries", "Reconciling", "ComponentModel", "Repositories",
                "DeliveryControllers", "TestRegistry", "TestServers", "TestInputs",
            ]),
        .testTarget(
            name: "RegistryHostilityTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Web", "WebClient", "OCI", "ComponentModel", "Repositories",
                "Transfer", "Orchestration", "Operations", "TestRegistry", "TestServers",
            ], exclude: ["Fixtures"]),
        .testTarget(
            name: "TransferTests",
            dependencies: [
                "Basics", "Cryptography", "Web", "OCI", "ComponentModel", "Repositories", "Transfer", "TestInputs",
            ]),
        .testTarget(
            name: "OrchestrationTests",
            dependencies: ["Basics", "Documents", "Orchestration", "Operations", "TestInputs"]),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Archives", "WebClient", "OCI", "ComponentModel", "Repositories",
                "Transfer", "Orchestration", "Operations", "TestInputs", "TestServers",
            ]),
        .testTarget(
            name: "PluginsTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "WebClient", "Repositories", "Orchestration", "Plugins",
                "TestInputs",
            ]),
        .testTarget(
            name: "PackageOperationsTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Archives", "Web", "WebClient", "OCI", "ComponentModel",
                "PackageRepositories", "Repositories", "Orchestration", "Operations", "TestServers",
            ]),
        .testTarget(
            name: "SovereignNotesTests",
            dependencies: [
                "Basics", "Documents", "Web", "WebClient", "WebServer", "SovereignNotes", "TestServers",
                "sovereign-notes",
            ]),
        .testTarget(
            name: "OCMCommandsTests",
            dependencies: ["Basics", "Documents", "Orchestration", "Operations", "OCMCommands"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Registry", "RegistryRules", "RegistryServer", "TestServers",
                "TestSite", "TestRegistry", "ocm",
            ],
            exclude: ["Fixtures"]),
    ],
    swiftLanguageModes: [.v6]
)

// One list of settings for every target of ours.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
}
