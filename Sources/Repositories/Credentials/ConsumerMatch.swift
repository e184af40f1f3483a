// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web

/// How well a configured consumer fits a request; greater is better. Nil from `init` means that it does not fit.
///
/// Both path rules of the field are followed: `path` is a pattern on the whole path, `pathprefix` compares whole
/// segments from the start. Of several that fit, the longest path wins, then the most attributes, then the one that
/// stands last; the outcome never depends on chance.
struct ConsumerMatch: Comparable {
    private let isExact: Bool
    private let pathLength: Int
    private let attributeCount: Int

    init?(_ given: [String: String], for request: ConsumerIdentity, _ matching: CredentialMatching = .strict) {
        let wanted = request.attributes
        let configured = matching == .forgiving ? Self.forgiven(given, wanted) : given
        isExact = configured == wanted
        attributeCount = configured.count
        var length = 0
        if let pattern = configured["path"], !pattern.isEmpty, !isExact {
            guard Glob(pattern).matches(wanted["path"] ?? "") else { return nil }
            length = pattern.count
        }
        if let prefix = configured["pathprefix"], !prefix.isEmpty {
            let segments = prefix.split(separator: "/")
            guard (wanted["path"] ?? "").split(separator: "/").starts(with: segments) else { return nil }
            length = max(length, prefix.count)
        }
        pathLength = length
        for (key, value) in configured where key != "path" && key != "pathprefix" {
            switch key {
            case "type":
                guard Self.typeName(value) == Self.typeName(wanted["type"] ?? "") else { return nil }
            case "hostname": guard value.lowercased() == wanted["hostname"] else { return nil }
            case "scheme":
                guard value == wanted["scheme"] || (value == "oci" && wanted["scheme"] == "https") else { return nil }
            case "port":
                guard value.isEmpty || value == wanted["port"] else { return nil }
            default: guard wanted[key] == value else { return nil }
            }
        }
        // Without a port in the configuration only the scheme's own port is meant: another port is another server. And
        // without a scheme HTTPS is meant, so that no link that says `http` makes a password travel in the clear.
        if let host = configured["hostname"], configured["port"] == nil, let port = wanted["port"] {
            let isPlain = wanted["scheme"] == "http"
            guard port == (isPlain ? "80" : "443") else { return nil }
            let isAtHome = Origin(scheme: "http", host: host, port: 80).isLoopback
            guard !isPlain || isAtHome || configured["scheme"] == "http" else { return nil }
        }
    }

    /// What was meant: a registry by its other type name, an address in place of a host name, and, where no port is given,
    /// that of the request. Plain HTTP is still only meant when it is said, or on a loopback address.
    private static func forgiven(_ given: [String: String], _ wanted: [String: String]) -> [String: String] {
        var meant = given
        if typeName(given["type"] ?? "") == "ocirepository" { meant["type"] = "OCIRegistry" }
        if let name = given["hostname"], let address = HostAddress(name) {
            meant["hostname"] = address.host
            if given["scheme"] == nil { meant["scheme"] = address.scheme }
            if given["port"] == nil, let port = address.port { meant["port"] = port }
        }
        if meant["port"] == nil || meant["port"] == "", let host = meant["hostname"] {
            let isAtHome = Origin(scheme: "http", host: host, port: 80).isLoopback
            if wanted["scheme"] != "http" || meant["scheme"] == "http" || isAtHome { meant["port"] = wanted["port"] }
        }
        return meant
    }

    /// `OCIRegistry/v1` is the same consumer type as `OCIRegistry`; key types keep their version.
    private static func typeName(_ type: String) -> String {
        let name = type.lowercased()
        return name.hasSuffix("/v1") ? String(name.dropLast(3)) : name
    }

    static func < (a: ConsumerMatch, b: ConsumerMatch) -> Bool {
        if a.isExact != b.isExact { return b.isExact }
        if a.pathLength != b.pathLength { return a.pathLength < b.pathLength }
        return a.attributeCount < b.attributeCount
    }
}
