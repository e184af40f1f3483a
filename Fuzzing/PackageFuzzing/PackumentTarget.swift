// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import PackageRepositories

/// Calls what reads the answers of npm registries with a document of the fuzzer.
///
/// What has to hold, beyond not crashing: a version that is found has the name that was asked for, and a hash.
public enum PackumentTarget {
    public static func run(_ bytes: [UInt8]) {
        guard bytes.count < 65_536 else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        if let package = try? NPMPackage(name: text, version: "1.0.0") {
            precondition(!package.name.contains("..") || !package.name.contains("/.."), "a name leads elsewhere")
        }
        _ = try? NPMIntegrity(integrity: text, shasum: nil)
        _ = try? NPMIntegrity(integrity: nil, shasum: text)
        guard let packument = try? NPMPackument(parsing: bytes, of: "a", source: "doc") else { return }
        for version in packument.json["versions"]?.object?.keys ?? [] {
            guard let package = try? NPMPackage(name: "a", version: version),
                let found = try? packument.distribution(of: package)
            else { continue }
            precondition(packument.json["versions"]?[version]?["version"]?.string == version)
            if case .sha1(let hex) = found.integrity { precondition(hex.utf8.count == 40) }
        }
    }
}
