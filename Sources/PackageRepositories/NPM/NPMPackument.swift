// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// What a registry knows of a package: its versions, where their files are and what they must be.
public struct NPMPackument: Sendable {
    /// The document.
    public let json: JSON

    /// Where a version's file is, and what it must be.
    public struct Distribution: Sendable {
        /// The file's address as the registry writes it.
        public let tarball: String
        /// What the bytes must be.
        public let integrity: NPMIntegrity
    }

    /// Reads a document; throws `.corrupt` when it is that of another package.
    public init(parsing bytes: [UInt8], of name: String, source: String) throws(Fault) {
        json = try JSON(parsing: bytes, source: source)
        guard json["name"]?.string == name else {
            throw Fault(
                .corrupt, "\(source) describes “\((json["name"]?.string ?? "nothing").prefix(100))”, not \(name)",
                fix: "check the registry's address")
        }
        guard json["versions"]?.object != nil else {
            throw Fault(.invalid, "\(source) lists no versions", fix: "check the registry's address")
        }
    }

    /// Where a version is; nil when it is not listed.
    ///
    /// Throws `.corrupt` when the entry is that of another version, and `.unverified` when it says nothing of what the
    /// bytes must be.
    public func distribution(of package: NPMPackage) throws(Fault) -> Distribution? {
        guard let entry = json["versions"]?[package.version] else { return nil }
        guard entry["name"]?.string == package.name, entry["version"]?.string == package.version else {
            throw Fault(.corrupt, "the registry lists another package as \(package)")
        }
        guard let tarball = entry["dist"]?["tarball"]?.string else {
            throw Fault(.corrupt, "the registry does not say where \(package) is")
        }
        let said = entry["dist"]
        guard
            let integrity = try NPMIntegrity(integrity: said?["integrity"]?.string, shasum: said?["shasum"]?.string)
        else {
            throw Fault(.unverified, "the registry does not say what the bytes of \(package) must be")
        }
        return Distribution(tarball: tarball, integrity: integrity)
    }
}
