// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Registry
public import Web

/// What a client does to a repository, for the rules that allow it.
public enum RegistryAction: String, Sendable, CaseIterable {
    /// Read manifests, blobs, tags and referrers.
    case pull
    /// Add blobs, manifests and tags.
    case push
    /// Remove blobs, manifests and tags.
    case delete
    /// List repositories; those are shown that may be pulled.
    case catalogue
    /// Learn that there is a registry.
    case ping
}

/// An endpoint of the distribution API (OCI distribution specification 1.1, “Endpoints”), with what its path names.
public struct RegistryEndpoint: Sendable, Equatable {
    /// The kinds of paths.
    public enum Kind: String, Sendable, CaseIterable {
        /// `/v2/`
        case base
        /// `/v2/_catalog`
        case catalogue
        /// `/v2/<name>/tags/list`
        case tags
        /// `/v2/<name>/manifests/<reference>`
        case manifest
        /// `/v2/<name>/blobs/<digest>`
        case blob
        /// `/v2/<name>/blobs/uploads/`
        case uploads
        /// `/v2/<name>/blobs/uploads/<id>`
        case upload
        /// `/v2/<name>/referrers/<digest>`
        case referrers

        /// The path with names for its parts.
        public var pattern: String {
            switch self {
            case .base: "/v2/"
            case .catalogue: "/v2/_catalog"
            case .tags: "/v2/<name>/tags/list"
            case .manifest: "/v2/<name>/manifests/<reference>"
            case .blob: "/v2/<name>/blobs/<digest>"
            case .uploads: "/v2/<name>/blobs/uploads/"
            case .upload: "/v2/<name>/blobs/uploads/<id>"
            case .referrers: "/v2/<name>/referrers/<digest>"
            }
        }
    }
    /// The kind.
    public let kind: Kind
    /// The repository's name as it stands in the path, unchecked; empty where there is none.
    let name: Substring
    /// The last part of the path, unchecked; empty where the path is fixed.
    let reference: Substring

    /// Takes a path apart; nil when it is none of the API's.
    ///
    /// Names hold slashes, so a path is read from its end: the words of the API stand where they count.
    init?(_ path: String) {
        guard path.utf8.starts(with: "/v2".utf8) else { return nil }
        let rest = path.dropFirst(3)
        if rest.isEmpty || rest == "/" {
            (kind, name, reference) = (.base, "", "")
            return
        }
        guard rest.utf8.first == UInt8(ascii: "/") else { return nil }
        let target = rest.dropFirst()
        if target == "_catalog" {
            (kind, name, reference) = (.catalogue, "", "")
            return
        }
        guard let (before, last) = Self.split(target), let (start, word) = Self.split(before) else { return nil }
        switch word {
        case "tags" where last == "list": (kind, name, reference) = (.tags, start, "")
        case "manifests": (kind, name, reference) = (.manifest, start, last)
        case "referrers": (kind, name, reference) = (.referrers, start, last)
        case "uploads":
            guard let (name, word) = Self.split(start), word == "blobs" else { return nil }
            (kind, self.name, reference) = (last.isEmpty ? .uploads : .upload, name, last)
        // Without its last slash, the path where uploads begin.
        case "blobs" where last == "uploads": (kind, name, reference) = (.uploads, start, "")
        case "blobs": (kind, name, reference) = (.blob, start, last)
        default: return nil
        }
    }

    private static func split(_ text: Substring) -> (before: Substring, last: Substring)? {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return (text[..<slash], text[text.index(after: slash)...])
    }
}

/// One row of the table of what can be asked: it decides which requests are answered and what they need.
public struct RegistryRoute: Sendable, Equatable {
    /// The method; GET stands for HEAD too.
    public let method: HTTPMethod
    /// The path.
    public let kind: RegistryEndpoint.Kind
    /// What the rules must allow.
    public let action: RegistryAction

    /// Every route there is.
    public static let all: [RegistryRoute] = [
        RegistryRoute(method: .get, kind: .base, action: .ping),
        RegistryRoute(method: .get, kind: .catalogue, action: .catalogue),
        RegistryRoute(method: .get, kind: .tags, action: .pull),
        RegistryRoute(method: .get, kind: .manifest, action: .pull),
        RegistryRoute(method: .put, kind: .manifest, action: .push),
        RegistryRoute(method: .delete, kind: .manifest, action: .delete),
        RegistryRoute(method: .get, kind: .blob, action: .pull),
        RegistryRoute(method: .delete, kind: .blob, action: .delete),
        RegistryRoute(method: .post, kind: .uploads, action: .push),
        RegistryRoute(method: .get, kind: .upload, action: .push),
        RegistryRoute(method: .patch, kind: .upload, action: .push),
        RegistryRoute(method: .put, kind: .upload, action: .push),
        RegistryRoute(method: .delete, kind: .upload, action: .push),
        RegistryRoute(method: .get, kind: .referrers, action: .pull),
    ]

    /// The route of a request; nil when the path does not take the method.
    static func find(_ method: HTTPMethod, _ kind: RegistryEndpoint.Kind) -> RegistryRoute? {
        let wanted = method == .head ? .get : method
        return all.first { $0.kind == kind && $0.method == wanted }
    }

    /// The methods that a path takes, for `Allow`.
    static func methods(_ kind: RegistryEndpoint.Kind) -> String {
        all.filter { $0.kind == kind }.flatMap { $0.method == .get ? ["GET", "HEAD"] : [$0.method.name] }
            .joined(separator: ", ")
    }
}
