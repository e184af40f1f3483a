// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Web

/// A commit in a repository on GitHub or GitHub Enterprise.
public struct GitHubCommit: Sendable {
    private let api: String
    private let commit: String?
    private let reference: String?
    private let thing: String

    /// The most bytes of a commit's archive.
    static let archiveLimit: Int64 = 16 << 30

    /// Reads where a commit is.
    ///
    /// - Parameters:
    ///   - repository: `github.com/owner/name` or its URL; HTTPS unless the URL says otherwise.
    ///   - commit: 40 lower-case hexadecimal digits; nil when `reference` names it.
    ///   - reference: a branch or tag, resolved once to a commit.
    ///   - apiHost: the host of the API when it is not that of the repository.
    public init(repository: String, commit: String?, reference: String? = nil, apiHost: String? = nil) throws(Fault) {
        let url = try HTTPURL(repository.contains("://") ? repository : "https://\(repository)")
        var parts = url.path.split(separator: "/").map(String.init)
        if parts.count == 2, parts[1].hasSuffix(".git") { parts[1].removeLast(4) }
        guard parts.count == 2, parts.allSatisfy(Self.isName), url.query == nil else {
            throw Fault(
                .invalid, "“\(url.redacted)” is no repository on GitHub", fix: "write it as github.com/owner/name")
        }
        if let commit, !commit.isEmpty {
            let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
            guard commit.utf8.count == 40, commit.utf8.allSatisfy(isDigit) else {
                throw Fault(
                    .invalid, "“\(commit.prefix(100))” is no commit", fix: "write all of its 40 hexadecimal digits")
            }
            self.commit = commit
        } else {
            self.commit = nil
        }
        if self.commit == nil {
            guard let reference, Self.isReference(reference) else {
                throw Fault(
                    .invalid, "neither a commit nor a branch or tag is named for \(url.redacted)",
                    fix: "name the commit")
            }
            self.reference = reference
        } else {
            self.reference = nil
        }
        let root = try Self.root(url, apiHost)
        api = "\(root)/repos/\(parts[0])/\(parts[1])"
        thing = "GitHub repository \(parts[0])/\(parts[1])"
    }

    /// The commit, asked for when only a branch or tag is named.
    public func resolved(_ connection: PackageConnection) async throws -> String {
        if let commit { return commit }
        // A branch may have slashes in its name.
        let name = (reference ?? "").split(separator: "/").map { HTTPURL.encode(String($0)) }.joined(separator: "/")
        let url = try HTTPURL("\(api)/commits/\(name)")
        let found = try await connection.document(url, .gitHub, accept: "application/vnd.github.sha", limit: 1024)
        guard let found else {
            throw Fault(.notFound, "\(thing) has no branch or tag “\(reference ?? "")”", fix: "check the name")
        }
        let text = String(decoding: found.bytes, as: UTF8.self).trimmed
        guard text.utf8.count == 40, [UInt8](hex: text) != nil else {
            throw Fault(.invalid, "\(url.redacted) answers with no commit", fix: "check the host of the API")
        }
        return text.lowercased()
    }

    /// The files of the commit as a gzipped tar, as GitHub makes it. GitHub does not promise that it stays the same byte
    /// by byte; only a digest tells whether it did.
    public func content(_ connection: PackageConnection) async throws -> PackageContent {
        let url = try HTTPURL("\(api)/tarball/\(try await resolved(connection))")
        let thing = thing
        return PackageContent(size: nil) {
            try await connection.stream(url, .gitHub, thing: thing, limit: Self.archiveLimit)
        }
    }

    /// `https://api.github.com`, or `/api/v3` of an own server.
    private static func root(_ repository: HTTPURL, _ apiHost: String?) throws(Fault) -> String {
        if let apiHost, !apiHost.isEmpty {
            let url = try HTTPURL("\(repository.scheme)://\(apiHost)")
            guard url.path == "/", url.query == nil else {
                throw Fault(.invalid, "“\(apiHost.prefix(100))” is no host", fix: "write it as api.acme.org")
            }
            let isOwn = url.host.hasPrefix("api.")
            return "\(url.scheme)://\(url.authority)\(isOwn ? "" : "/api/v3")"
        }
        if ["github.com", "www.github.com"].contains(repository.host) { return "https://api.github.com" }
        return "\(repository.scheme)://\(repository.authority)/api/v3"
    }

    private static func isName(_ part: String) -> Bool {
        part.utf8.count <= 100 && part != "." && part != ".."
            && part.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "-_.".utf8.contains($0)
            }
    }

    /// The part of Git's rules for names of references that keeps them harmless in an address.
    private static func isReference(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return (1...255).contains(name.utf8.count) && !parts.contains { $0.isEmpty || $0.hasPrefix(".") }
            && !name.contains("..") && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"~^:?*[\\".utf8.contains($0) }
    }
}
