// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Web

/// An npm registry.
public struct NPMRegistry: Sendable {
    /// Where it is.
    public let url: HTTPURL
    let connection: PackageConnection

    /// The most bytes of what a registry knows of one package.
    static let packumentLimit = 64 * 1024 * 1024
    /// The most bytes of a package's file.
    static let fileLimit: Int64 = 4 << 30
    /// What asks for the short form of what is known of a package.
    private static let accept = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"

    /// A registry at an address.
    public init(_ url: HTTPURL, _ connection: PackageConnection) { (self.url, self.connection) = (url, connection) }

    /// A package's file with what its bytes must be.
    public struct File: Sendable {
        /// Where it is.
        public let url: HTTPURL
        /// What the bytes must be.
        public let integrity: NPMIntegrity
        /// The bytes, checked while they are read.
        public let content: PackageContent
    }

    /// Finds a version's file; its bytes are checked while they are read.
    ///
    /// The registry says where the file is. When that is on another origin, credentials stay behind unless they are
    /// configured for that origin too, plain HTTP is refused for a registry with TLS, an address of the machine itself is
    /// refused for a registry elsewhere, and a SHA-1 alone does not do.
    public func file(_ package: NPMPackage) async throws -> File {
        guard let packument = try await packument(package.name),
            let distribution = try packument.distribution(of: package)
        else {
            throw Fault(
                .notFound, "npm package \(package) is not in \(url.redacted)", fix: "check the package and its version")
        }
        let target = try address(of: distribution, package)
        let connection = connection
        let integrity = distribution.integrity
        let thing = "npm package \(package)"
        return File(
            url: target, integrity: integrity,
            content: PackageContent(size: nil) {
                let stream = try await connection.stream(target, .npm, thing: thing, limit: Self.fileLimit)
                return try integrity.verified(stream, of: thing)
            })
    }

    /// What the registry knows of a package; nil when it knows nothing.
    func packument(_ name: String) async throws -> NPMPackument? {
        let url = try address(of: name)
        let found = try await connection.document(url, .npm, accept: Self.accept, limit: Self.packumentLimit)
        return try found.map { found throws(Fault) in
            try NPMPackument(parsing: found.bytes, of: name, source: url.redacted)
        }
    }

    /// The address of a package; the slash behind a scope is escaped, as registries want it.
    func address(of name: String) throws(Fault) -> HTTPURL {
        let base = url.redacted.hasSuffix("/") ? String(url.redacted.dropLast()) : url.redacted
        return try HTTPURL("\(base)/\(name.replacing("/", with: "%2F"))")
    }

    private func address(of distribution: NPMPackument.Distribution, _ package: NPMPackage) throws(Fault) -> HTTPURL {
        let target = try url.resolving(distribution.tarball)
        guard target.origin != url.origin else { return target }
        guard url.scheme != "https" || target.scheme == "https" else {
            throw Fault(
                .invalid, "\(url.redacted) keeps \(package) at \(target.redacted) without encryption, which is refused",
                fix: "have the registry's address for files set")
        }
        guard !target.origin.isLoopback || url.origin.isLoopback else {
            throw Fault(
                .invalid, "\(url.redacted) says that \(package) is on this machine, which is refused",
                fix: "have the registry's address for files set")
        }
        guard case .digest = distribution.integrity else {
            throw Fault(
                .unverified, "\(package) is kept at \(target.redacted) with nothing but a SHA-1 to vouch for it",
                fix: "use a registry that keeps the file itself, or one that tells its SHA-512")
        }
        return target
    }
}
