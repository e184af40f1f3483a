// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import ComponentModel
public import Documents
public import Repositories

/// Sends contents of some kinds to a place of their own instead of beside their descriptor: the registrations of
/// `uploader.ocm.config.ocm.software` and of `--uploader`.
public struct UploadHandler: Sendable {
    /// What is done with the content.
    public enum Destination: Sendable {
        /// It becomes an image under this prefix, `host/path`.
        case registry(prefix: String)
        /// It becomes an artifact of this Maven repository.
        case maven(url: String)
        /// It becomes a package of this npm registry.
        case npm(url: String)
    }

    /// The handler's name, `ocm/ociArtifacts`.
    public let name: String
    /// Where contents go.
    public let destination: Destination
    /// The type of resource it is for; nil for all.
    public let artifactType: String?
    /// The media type it is for; nil for all.
    public let mediaType: String?
    /// The kind of repository that the component version goes to; nil for all.
    public let repositoryType: String?
    /// The highest of those that fit decides; of equal ones the last.
    public let priority: Int64

    /// The priority of a handler that names none in a configuration file.
    public static let usualPriority: Int64 = 100

    /// Reads one registration.
    public init(json: JSON, source: String) throws(Fault) {
        func text(_ key: String) -> String? { json[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        name = text("name") ?? ""
        let config = json["config"] ?? .null
        let address = config.string ?? config["ociRef"]?.string ?? config["url"]?.string ?? config["registry"]?.string
        guard let address, !address.isEmpty else {
            throw Fault(
                .invalid, "\(source): the uploader “\(name)” does not say where to",
                fix: "add “config” with its address")
        }
        switch name {
        case "ocm/ociArtifacts", "ocm/ociArtefacts":
            destination = .registry(prefix: Self.prefix(address))
        case "ocm/mavenPackage", "ocm/mavenArtifact": destination = .maven(url: address)
        case "ocm/npmPackage", "ocm/npmArtifact": destination = .npm(url: address)
        default:
            throw Fault(
                .unsupported, "\(source): there is no uploader “\(name)”",
                fix: "use ocm/ociArtifacts, ocm/mavenPackage or ocm/npmPackage")
        }
        (artifactType, mediaType, repositoryType) = (text("artifactType"), text("mediaType"), text("repositoryType"))
        priority = json["priority"]?.int ?? Self.usualPriority
    }

    /// Reads `NAME[:ARTIFACTTYPE[:MEDIATYPE[:PRIORITY]]]=CONFIG`, the config as text or JSON.
    public init(notation: String) throws(Fault) {
        let source = "--uploader \(notation)"
        guard let equals = notation.firstIndex(of: "=") else {
            throw Fault(.invalid, "\(source): “=” is missing", fix: "write NAME[:TYPE[:MEDIATYPE[:PRIORITY]]]=CONFIG")
        }
        let parts = notation[..<equals].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let value = String(notation[notation.index(after: equals)...])
        var json: JSON = ["name": .string(parts[0])]
        for (part, key) in zip(parts.dropFirst(), ["artifactType", "mediaType"]) { json[key] = .string(part) }
        if parts.count > 3 {
            guard parts.count == 4, let priority = Int64(parts[3]) else {
                throw Fault(.invalid, "\(source): the priority is no number", fix: "write a whole number")
            }
            json["priority"] = .number(JSONNumber(priority))
        }
        json["config"] = value.hasPrefix("{") ? try JSON(parsing: Array(value.utf8), source: source) : .string(value)
        try self.init(json: json, source: source)
    }

    /// The handlers of a configuration, `registrations` as the older tools write them or `handlers`.
    public static func all(in configuration: Configuration) throws(Fault) -> [UploadHandler] {
        var handlers: [UploadHandler] = []
        for entry in configuration.entries("uploader.ocm.config.ocm.software") {
            for key in ["registrations", "handlers"] {
                for item in entry.json[key]?.array ?? [] {
                    handlers.append(try UploadHandler(json: item, source: entry.source))
                }
            }
        }
        return handlers
    }

    private static func prefix(_ address: String) -> String {
        var text = address
        for scheme in ["https://", "oci://"] where text.hasPrefix(scheme) { text.removeFirst(scheme.count) }
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    /// Whether the handler is for a content that goes to a target.
    func fits(type: String, mediaType: String, artifact: Bool, target: RepositoryLocator) -> Bool {
        if case .registry = destination, !artifact { return false }
        if let wanted = artifactType, wanted != type, !(Self.images.contains(wanted) && Self.images.contains(type)) {
            return false
        }
        // The media type of artifacts is said for clarity and differs by how they are stored.
        if let wanted = self.mediaType, !artifact, wanted != mediaType { return false }
        guard let repositoryType else { return true }
        let kind = repositoryType.split(separator: "/").first.map { $0.lowercased() } ?? ""
        return switch target.kind {
        case .registry: ["oci", "ociregistry", "ocirepository"].contains(kind)
        case .archive: ["ctf", "commontransportformat"].contains(kind)
        case .componentArchive: kind == "componentarchive"
        }
    }

    private static let images: Set<String> = ["ociArtifact", "ociImage", "ociArtefact"]
}

extension [UploadHandler] {
    /// The handler that decides; nil when none fits.
    func handler(type: String, mediaType: String, artifact: Bool, target: RepositoryLocator) -> UploadHandler? {
        var best: UploadHandler?
        for handler in self
        where handler.fits(type: type, mediaType: mediaType, artifact: artifact, target: target)
            && handler.priority >= best?.priority ?? .min
        {
            best = handler
        }
        return best
    }
}
