// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Web

/// How strictly the registries that credentials are for are compared with the one that asks for them.
public enum CredentialMatching: Sendable {
    /// A name without a port means the port of its scheme, and a name without a scheme HTTPS.
    case strict
    /// For credentials that are attached to what they are used for, as a Secret is to an object of a cluster: also
    /// `OCIRepository` names a registry, host names may be addresses, and a missing port means any port of that host.
    /// Another host never fits, and plain HTTP is only meant where it is said, or on a loopback address.
    case forgiving
}

/// A host as people write it: `[scheme://]host[:port][/path]`.
struct HostAddress {
    let scheme: String?
    let host: String
    let port: String?
    let path: String

    init?(_ text: String) {
        var rest = text[...]
        if let mark = rest.firstRange(of: "://") {
            scheme = rest[..<mark.lowerBound].lowercased()
            rest = rest[mark.upperBound...]
        } else {
            scheme = nil
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        path = rest[slash...].split(separator: "/").joined(separator: "/")
        rest = rest[..<slash]
        if let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") {
            let digits = rest[rest.index(after: colon)...]
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            port = String(digits)
            rest = rest[..<colon]
        } else {
            port = nil
        }
        guard !rest.isEmpty, !rest.contains("@") else { return nil }
        host = rest.lowercased()
    }
}

/// Finds the entry of a Docker configuration's `auths` that was meant for a registry, however it is spelled.
enum DockerEntryMatch {
    static func best(of auths: JSONObject, for origin: Origin, path: String) -> JSON? {
        var best: (score: Int, entry: JSON)?
        for (key, entry) in auths {
            guard let score = score(key, origin, path) else { continue }
            if best.map({ score > $0.score }) ?? true { best = (score, entry) }
        }
        return best?.entry
    }

    /// Greater is better; nil when the entry is for something else.
    private static func score(_ key: String, _ origin: Origin, _ path: String) -> Int? {
        guard let address = HostAddress(key), address.host == origin.host.lowercased() else { return nil }
        if let scheme = address.scheme {
            guard scheme == origin.scheme else { return nil }
        } else if origin.scheme == "http", address.port == nil, !origin.isLoopback {
            return nil
        }
        if let port = address.port, port != String(origin.port) { return nil }
        // `v1` and `v2` name the protocol.
        let scoped = ["", "v1", "v2"].contains(address.path) ? "" : address.path
        let segments = scoped.split(separator: "/")
        guard path.split(separator: "/").starts(with: segments) else { return nil }
        return segments.count * 4 + (address.port == nil ? 0 : 2) + (address.scheme == nil ? 0 : 1)
    }
}
