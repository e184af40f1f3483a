// swift-tools-version: 6.2
import PackageDescription

// What scripts/fuzz builds: the libraries under test, reached by links that the script makes, and one target that calls
// them with bytes of the fuzzer. No part of the package itself, since it is instrumented and has no main function.
let package = Package(
    name: "Fuzzing",
    products: [
        .library(name: "CELFuzzing", type: .static, targets: ["CELFuzzing"]),
        .library(name: "OCIFuzzing", type: .static, targets: ["OCIFuzzing"]),
        .library(name: "ArchiveFuzzing", type: .static, targets: ["ArchiveFuzzing"]),
        .library(name: "PackageFuzzing", type: .static, targets: ["PackageFuzzing"]),
        .library(name: "TransferFuzzing", type: .static, targets: ["TransferFuzzing"]),
        .library(name: "RegistryFuzzing", type: .static, targets: ["RegistryFuzzing"]),
        .library(name: "DeliveryFuzzing", type: .static, targets: ["DeliveryFuzzing"]),
        .library(name: "TelemetryFuzzing", type: .static, targets: ["TelemetryFuzzing"]),
        .library(name: "RequestFuzzing", type: .static, targets: ["RequestFuzzing"]),
        .library(name: "AccessFuzzing", type: .static, targets: ["AccessFuzzing"]),
        .library(name: "PatchFuzzing", type: .static, targets: ["PatchFuzzing"]),
        .library(name: "CredentialFuzzing", type: .static, targets: ["CredentialFuzzing"]),
        .library(name: "ExchangeFuzzing", type: .static, targets: ["ExchangeFuzzing"]),
        .library(name: "KubernetesFuzzing", type: .static, targets: ["KubernetesFuzzing"]),
        .library(name: "OrchestrationFuzzing", type: .static, targets: ["OrchestrationFuzzing"]),
    ],
    targets: [
        .systemLibrary(name: "CFileRange"),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CSpawn"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl"),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd"),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3"),
        .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt"),
        .target(name: "Basics", dependencies: ["CFileRange", "CMalloc", "CSpawn", "Chronology"]),
        .target(name: "Chronology"),
        .target(name: "Cryptography", dependencies: ["Basics", "COpenSSL"]),
        .target(name: "Documents", dependencies: ["Basics", "CYAML"]),
        .target(name: "Archives", dependencies: ["Basics", "CZlib"]),
        .target(name: "SPDY", dependencies: ["Basics", "Archives"]),
        .target(name: "Localization", dependencies: ["Basics", "Documents", "Archives"]),
        .target(name: "Web", dependencies: ["Basics"]),
        .target(name: "KubernetesFormats", dependencies: ["Web"]),
        .target(name: "KubernetesPatches", dependencies: ["Basics", "Documents"]),
        .target(name: "PatchFuzzing", dependencies: ["FuzzingEntry", "Basics", "Documents", "KubernetesPatches"]),
        .target(
            name: "KubernetesKinds",
            dependencies: ["Basics", "Chronology", "Documents", "Web", "KubernetesFormats", "Kubernetes"]),
        .target(name: "Kubernetes", dependencies: ["Basics", "Documents", "Chronology", "KubernetesFormats"]),
        .target(name: "Tokens", dependencies: ["Basics", "Cryptography", "Documents"]),
        .target(
            name: "AccessControl",
            dependencies: ["Basics", "Cryptography", "Documents", "Tokens", "Web", "OCI", "CCrypt"]),
        .target(name: "WebServer", dependencies: ["Basics", "Web", "CMicroHTTPD"]),
        .target(name: "Storage", dependencies: ["Basics", "Cryptography", "CSQLite"]),
        .target(name: "Registry", dependencies: ["Basics", "Cryptography", "Documents", "OCI", "Storage"]),
        .target(
            name: "RegistryServer",
            dependencies: [
                "Basics", "Cryptography", "Documents", "OCI", "Storage", "Web", "WebServer", "AccessControl",
                "Registry",
                "RegistryRules", "RegistryProxy", "RegistryMirror", "Telemetry",
            ]),
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
            name: "RequestFuzzing",
            dependencies: ["FuzzingEntry", "Basics", "Documents", "WebServer", "Registry", "RegistryServer"]),
        .target(
            name: "AccessFuzzing",
            dependencies: ["FuzzingEntry", "Basics", "Cryptography", "Documents", "OCI", "Tokens", "AccessControl"]),
        .target(name: "RegularExpressions", dependencies: ["Basics"]),
        .target(name: "CEL", dependencies: ["Basics", "Documents", "Chronology", "RegularExpressions"]),
        .target(
            name: "CELLibraries",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Chronology", "Web", "KubernetesFormats", "RegularExpressions",
                "CEL",
            ]),
        .target(
            name: "KubernetesSchemas",
            dependencies: [
                "Basics", "Chronology", "Documents", "Web", "KubernetesFormats", "Kubernetes", "RegularExpressions",
                "CEL",
                "CELLibraries",
            ]),
        .target(
            name: "KubernetesFuzzing",
            dependencies: [
                "FuzzingEntry", "Basics", "Chronology", "Documents", "Kubernetes", "KubernetesKinds",
                "KubernetesSchemas",
            ]),
        .target(
            name: "ExchangeFuzzing",
            dependencies: ["FuzzingEntry", "Basics", "Archives", "Documents", "SPDY", "Kubernetes"]),
        .target(
            name: "CredentialFuzzing",
            dependencies: [
                "FuzzingEntry", "Basics", "Cryptography", "Documents", "Tokens", "Kubernetes", "KubernetesAccess",
            ]),
        .target(
            name: "KubernetesAccess",
            dependencies: ["Basics", "Chronology", "Cryptography", "Documents", "Tokens", "Web", "Kubernetes"]),
        .target(name: "WebClient", dependencies: ["Basics", "Web", "CCurl"]),
        .target(name: "Telemetry", dependencies: ["Basics", "Chronology", "Documents", "Web", "WebClient"]),
        .target(name: "TelemetryFuzzing", dependencies: ["FuzzingEntry", "Telemetry"]),
        .target(name: "OCI", dependencies: ["Basics", "Cryptography", "Documents", "Archives", "Web", "WebClient"]),
        .target(name: "ComponentModel", dependencies: ["Basics", "Cryptography", "Documents"]),
        .target(
            name: "Repositories",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Archives", "Web", "WebClient", "OCI", "ComponentModel",
                "PackageRepositories", "Deltas",
            ]),
        .target(name: "Evidence", dependencies: ["Basics", "Cryptography", "Documents"]),
        .target(name: "Deltas", dependencies: ["Basics", "Cryptography", "Documents", "Archives"]),
        .target(name: "FuzzingEntry"),
        .target(
            name: "RegistryFuzzing",
            dependencies: ["FuzzingEntry", "Basics", "Cryptography", "Documents", "OCI", "Storage", "Registry"]),
        .target(
            name: "DeliveryFuzzing", dependencies: ["FuzzingEntry", "Basics", "Cryptography", "Evidence", "Deltas"]),
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
            name: "Operations",
            dependencies: [
                "Basics", "Cryptography", "Documents", "Evidence", "Archives", "Web", "OCI", "ComponentModel",
                "PackageRepositories", "Repositories", "Transfer", "Orchestration", "CEL", "CELLibraries",
                "Localization",
            ]),
        .target(
            name: "OrchestrationFuzzing",
            dependencies: ["FuzzingEntry", "Basics", "Documents", "Orchestration", "Operations"]),
        .target(name: "TransferFuzzing", dependencies: ["FuzzingEntry", "Basics", "Cryptography", "Transfer"]),
        .target(
            name: "ArchiveFuzzing",
            dependencies: ["FuzzingEntry", "Basics", "Cryptography", "Documents", "ComponentModel", "Repositories"]),
        .target(
            name: "PackageRepositories",
            dependencies: ["Basics", "Cryptography", "Documents", "Archives", "Web", "WebClient"]),
        .target(
            name: "PackageFuzzing",
            dependencies: ["FuzzingEntry", "Basics", "Archives", "Documents", "Web", "PackageRepositories"]),
        .target(name: "OCIFuzzing", dependencies: ["FuzzingEntry", "Basics", "Documents", "Web", "WebClient", "OCI"]),
        .target(
            name: "CELFuzzing",
            dependencies: [
                "FuzzingEntry", "Basics", "Documents", "CEL", "CELLibraries", "RegularExpressions", "Localization",
            ]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type == .regular {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
