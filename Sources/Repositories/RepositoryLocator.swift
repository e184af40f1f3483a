// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
internal import OCI
public import Web

/// Where component versions are kept: an OCI registry, a transport archive or a component archive.
///
/// Written as `[type::]<repository>`, or as a typed JSON object in configuration files.
public struct RepositoryLocator: Hashable, Sendable, CustomStringConvertible {
    /// The kinds of repository.
    public enum Kind: Hashable, Sendable {
        /// An OCI registry: where it is, and the path in front of `component-descriptors`.
        case registry(origin: Origin, subPath: String)
        /// A common transport archive: folder, tar or compressed tar.
        case archive(path: String, format: ArchiveFormat?)
        /// A component archive of the older tools: one version, read only.
        case componentArchive(path: String)
    }

    /// Which repository it is.
    public let kind: Kind
    /// The locator as it was written.
    public let description: String

    /// The registry, as its client is called: blobs can be mounted between repositories of which this is equal. Nil for
    /// archives.
    public var registryName: String? {
        if case .registry(let origin, _) = kind { DockerHub.registry(origin).description } else { nil }
    }

    /// Names a repository.
    public init(_ kind: Kind, description: String) { (self.kind, self.description) = (kind, description) }

    /// Parses `[type::]<repository>`.
    ///
    /// Without a type, the first rule that fits decides: a path (`/…`, `./…`, `../…`, `~/…`, `file://…`) is an
    /// archive; `http://`, `https://` and `oci://` are registries; a name with a port, `localhost` and whatever
    /// looks like a domain are registries; names that end in `.tar`, `.tgz`, `.tar.gz` or `.vol001`, and all others, are
    /// archives.
    public init(_ text: String) throws(Fault) {
        guard !text.isEmpty else {
            throw Fault(
                .invalid, "the repository is empty", fix: "name a registry (ghcr.io/acme) or an archive (./archive)")
        }
        var rest = text.hasPrefix("+") ? String(text.dropFirst()) : text
        var type: String?
        if let separator = rest.firstRange(of: "::") {
            type = String(rest[..<separator.lowerBound])
            rest = String(rest[separator.upperBound...])
        }
        if rest.hasPrefix("{") {
            try self.init(json: JSON(parsing: Array(rest.utf8), source: "the repository"), description: text)
            return
        }
        let parts = type?.split(separator: "+", maxSplits: 1).map(String.init) ?? []
        let format = try parts.count > 1 ? ArchiveFormat(named: parts[1]) : nil
        switch parts.first?.lowercased() {
        case "oci", "ociregistry", "ocirepository":
            self.init(try Self.registry(rest), description: text)
        case "ctf", "commontransportformat":
            self.init(.archive(path: Self.path(rest), format: format), description: text)
        case "ca", "componentarchive":
            self.init(.componentArchive(path: Self.path(rest)), description: text)
        case let other?:
            throw Fault(
                .unsupported, "“\(other)” is no repository type",
                fix: "use one of oci, ctf, ctf+tar, ctf+tgz, ca, or leave the type out")
        case nil:
            self.init(
                Self.looksLikePath(rest) ? .archive(path: Self.path(rest), format: nil) : try Self.registry(rest),
                description: text)
        }
    }

    private static func looksLikePath(_ text: String) -> Bool {
        if ["/", "./", "../", "~", "file://"].contains(where: text.hasPrefix) || text == "." || text == ".." {
            return true
        }
        if text.firstRange(of: "://") != nil { return false }
        if VolumeSearch.hasVolumeName(text) { return true }
        let host = text.split(separator: "/", maxSplits: 1).first.map(String.init) ?? text
        if host.hasPrefix("[") || host.contains(":") || host == "localhost" { return false }
        if [".tar", ".tgz", ".tar.gz"].contains(where: text.hasSuffix) { return true }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isDomain =
            labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
            && labels.last?.allSatisfy { $0.isLetter || $0.isNumber } == true
        return !isDomain
    }

    private static func path(_ text: String) -> String {
        let path = text.hasPrefix("file://") ? String(text.dropFirst(7)) : text
        guard path == "~" || path.hasPrefix("~/") else { return path }
        return Environment.process.home + path.dropFirst()
    }

    /// Splits `[scheme://]host[:port][/path]`; without a scheme it is HTTPS, but plain HTTP on a loopback address.
    private static func registry(_ text: String) throws(Fault) -> Kind {
        var address = text.hasPrefix("oci://") ? String(text.dropFirst(6)) : text
        if address.firstRange(of: "://") == nil {
            let isLoopback = try HTTPURL("http://\(address)").origin.isLoopback
            address = (isLoopback ? "http://" : "https://") + address
        }
        let url = try HTTPURL(address)
        guard url.query == nil else {
            throw Fault(.invalid, "the repository \(url.redacted) has a query", fix: "leave out everything behind “?”")
        }
        let path = url.path.split(separator: "/").joined(separator: "/")
        return .registry(origin: url.origin, subPath: path)
    }
}

extension RepositoryLocator {
    /// Reads a typed repository specification, such as `{"type":"OCIRepository/v1","baseUrl":"ghcr.io"}`.
    public init(json: JSON, description: String? = nil) throws(Fault) {
        let type = json["type"]?.string ?? ""
        let name = type.split(separator: "/").first.map { $0.lowercased() } ?? ""
        func field(_ key: String) throws(Fault) -> String {
            guard let text = json[key]?.string, !text.isEmpty else {
                throw Fault(.invalid, "a repository of type “\(type)” has no “\(key)”", fix: "add “\(key)”")
            }
            return text
        }
        switch name {
        case "oci", "ociregistry", "ocirepository":
            let base = try field("baseUrl")
            guard case .registry(let origin, let path) = try Self.registry(base) else {
                throw Fault(.invalid, "“\(base)” is no address of a registry", fix: "write it as HOST or HOST/PATH")
            }
            let subPath = json["subPath"]?.string.map { $0.split(separator: "/").joined(separator: "/") }
            self.init(.registry(origin: origin, subPath: subPath ?? path), description: description ?? base)
        case "commontransportformat", "ctf":
            let path = try field("filePath")
            let format = try json["fileFormat"]?.string.map { text throws(Fault) in try ArchiveFormat(named: text) }
            self.init(.archive(path: Self.path(path), format: format), description: description ?? path)
        case "componentarchive":
            let path = try field("filePath")
            self.init(.componentArchive(path: Self.path(path)), description: description ?? path)
        default:
            throw Fault(
                .unsupported, "“\(type)” is no repository type",
                fix: "use OCIRepository/v1, CommonTransportFormat/v1 or ComponentArchive/v1")
        }
    }

    /// The typed specification, as the newer tools write it.
    public var json: JSON {
        switch kind {
        case .registry(let origin, let subPath):
            var object: JSON = ["type": "OCIRepository/v1", "baseUrl": .string(origin.repositoryHost)]
            if !subPath.isEmpty { object["subPath"] = .string(subPath) }
            return object
        case .archive(let path, let format):
            var object: JSON = ["type": "CommonTransportFormat/v1", "filePath": .string(path)]
            // As the older tools have it; without it the name decides.
            if let format { object["fileFormat"] = .string(format.rawValue) }
            return object
        case .componentArchive(let path): return ["type": "ComponentArchive/v1", "filePath": .string(path)]
        }
    }
}

extension Origin {
    /// How this origin stands in references: `host[:port]`, with `http://` in front where plain HTTP must be asked for.
    public var repositoryHost: String {
        let usual = scheme == "https" ? 443 : 80
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        let address = port == usual && scheme == "https" ? bracketed : "\(bracketed):\(port)"
        let impliedScheme = isLoopback ? "http" : "https"
        return scheme == impliedScheme ? address : "\(scheme)://\(address)"
    }
}

/// How the bytes of an archive are laid out.
public enum ArchiveFormat: String, Sendable, CaseIterable {
    /// A folder.
    case directory
    /// An uncompressed tar.
    case tar
    /// A tar compressed with gzip.
    case tgz

    /// Reads the names the tools use.
    public init(named name: String) throws(Fault) {
        switch name.lowercased() {
        case "directory", "dir", "folder": self = .directory
        case "tar": self = .tar
        case "tgz", "tar.gz", "tar+gzip": self = .tgz
        default: throw Fault(.invalid, "“\(name)” is no archive format", fix: "use directory, tar or tgz")
        }
    }

    /// The format that a file name asks for.
    public init(path: String) {
        self = path.hasSuffix(".tar") ? .tar : path.hasSuffix(".tgz") || path.hasSuffix(".tar.gz") ? .tgz : .directory
    }
}
