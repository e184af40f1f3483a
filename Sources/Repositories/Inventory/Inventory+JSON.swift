// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
internal import Cryptography
public import Documents

extension Inventory {
    /// What an inventory calls itself.
    public static let type = "inventory.sovereign/v1"
    /// The most bytes of a file.
    public static let sizeLimit = 64 * 1024 * 1024
    /// The most blobs, versions and artifacts together.
    private static let entryLimit = 600_000

    /// The document that is signed.
    public var json: JSON {
        func sizes(_ table: [Digest: Int64]) -> JSON {
            .object(
                JSONObject(
                    table.sorted { $0.key < $1.key }.map { ($0.key.description, .number(JSONNumber($0.value))) }))
        }
        return [
            "type": .string(Self.type), "repository": .string(repository),
            "components": .array(
                components.map { component in
                    [
                        "name": .string(component.name.text),
                        "versions": .array(
                            component.versions.map { version in
                                var json: JSON = [
                                    "version": .string(version.version.text),
                                    "descriptor": .string(version.descriptor.description),
                                ]
                                if let manifest = version.manifest { json["manifest"] = .string(manifest.description) }
                                return json
                            }), "blobs": sizes(component.blobs), "artifacts": sizes(component.artifacts),
                    ]
                }),
        ]
    }

    /// Reads a file: an inventory and its signatures, which are not verified.
    ///
    /// Throws `.invalid` for what is none, `.limitExceeded` for one that is too large.
    public static func read(
        parsing bytes: [UInt8], source: String
    ) throws(Fault) -> (inventory: Inventory, signed: SignedDocument) {
        var limits = DocumentLimits()
        (limits.bytes, limits.nodes, limits.depth) = (sizeLimit, 4 * entryLimit, 8)
        let envelope = try JSON(parsing: bytes, source: source, limits: limits)
        let signed = try SignedDocument(envelope, type: type, source: source)
        return (try Inventory(signed.document, source: source), signed)
    }

    private init(_ json: JSON, source: String) throws(Fault) {
        func invalid(_ what: String) -> Fault {
            Fault(.invalid, "\(source) \(what)", fix: "get the inventory again from its origin")
        }
        var left = Self.entryLimit
        func count(_ entries: Int) throws(Fault) {
            left -= entries
            guard left >= 0 else {
                throw Fault(.limitExceeded, "\(source) has more than \(Self.entryLimit) entries")
            }
        }
        func sizes(_ json: JSON?) throws(Fault) -> [Digest: Int64] {
            guard let object = json?.object else { throw invalid("lacks a table of digests and sizes") }
            try count(object.count)
            var table: [Digest: Int64] = [:]
            table.reserveCapacity(object.count)
            for (key, value) in object {
                guard let size = value.int, (0...(1 << 50)).contains(size) else { throw invalid("has a wrong size") }
                table[try Digest(key)] = size
            }
            return table
        }
        guard let repository = json["repository"]?.string, repository.utf8.count <= 1024,
            repository.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), let list = json["components"]?.array
        else { throw invalid("lacks “repository” or “components”") }
        try count(list.count)
        var components: [Component] = []
        for item in list {
            guard let name = item["name"]?.string, let entries = item["versions"]?.array else {
                throw invalid("has a component without “name” or “versions”")
            }
            try count(entries.count)
            var versions: [Version] = []
            for entry in entries {
                guard let version = entry["version"]?.string, let descriptor = entry["descriptor"]?.string else {
                    throw invalid("has a version without “version” or “descriptor”")
                }
                var manifest: Digest?
                if let text = entry["manifest"]?.string { manifest = try Digest(text) }
                versions.append(
                    Version(
                        version: try ComponentVersion(version), descriptor: try Digest(descriptor), manifest: manifest))
            }
            let component = Component(
                name: try ComponentName(name), versions: versions, blobs: try sizes(item["blobs"]),
                artifacts: try sizes(item["artifacts"]))
            if let last = components.last, last.name.text >= component.name.text {
                throw invalid("does not list its components in order, each once")
            }
            components.append(component)
        }
        self.init(repository: repository, components: components)
    }
}
