// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

extension ComponentDescriptor {
    /// A field of a descriptor, wherever its schema has it.
    enum Field: String {
        case name, version, provider, labels, creationTime, repositoryContexts, resources, sources, references
        case signatures, nestedDigests

        static let lists: [Field] = [.resources, .sources, .references, .signatures]

        func path(_ schema: Schema) -> [String] {
            switch (schema, self) {
            case (_, .signatures), (_, .nestedDigests), (.v3alpha1, .repositoryContexts): [rawValue]
            case (.v2, .references): ["component", "componentReferences"]
            case (.v2, _): ["component", rawValue]
            case (.v3alpha1, .resources), (.v3alpha1, .sources), (.v3alpha1, .references): ["spec", rawValue]
            case (.v3alpha1, _): ["metadata", rawValue]
            }
        }
    }

    /// Reads a descriptor from JSON or YAML, told apart by the first character.
    public init(parsing bytes: [UInt8], source: String) throws(Fault) {
        guard bytes.count <= Self.sizeLimit else {
            throw Fault(
                .limitExceeded,
                "\(source) has \(ByteCount(Int64(bytes.count))), more than the \(ByteCount(Int64(Self.sizeLimit))) of a descriptor"
            )
        }
        let isJSON = bytes.first { !($0 == 0x20 || (0x09...0x0D).contains($0)) } == UInt8(ascii: "{")
        let json = isJSON ? try JSON(parsing: bytes, source: source) : try YAML.document(bytes, source: source).root
        try self.init(json: json, source: source)
    }
}

/// Reads the parts of a descriptor out of its document.
struct DescriptorReader {
    let json: JSON
    let source: String
    let schema: ComponentDescriptor.Schema

    init(_ json: JSON, source: String) throws(Fault) {
        (self.json, self.source) = (json, source)
        if let version = json["meta"]?["schemaVersion"] {
            guard version == "v2" else {
                throw Fault(
                    .unsupported, "\(source) has the schema \(version.string.map { "“\($0)”" } ?? version.kindName)",
                    fix: "known are v2 and ocm.software/v3alpha1")
            }
            schema = .v2
        } else if let version = json["apiVersion"]?.string {
            guard ["ocm.software/v3alpha1", "ocm.gardener.cloud/v3alpha1"].contains(version) else {
                throw Fault(
                    .unsupported, "\(source) has the schema “\(version.prefix(100))”",
                    fix: "known are v2 and ocm.software/v3alpha1")
            }
            guard json["kind"] == "ComponentVersion" else {
                throw Fault(.invalid, "\(source) is no component version: its kind is another", fix: "check the file")
            }
            schema = .v3alpha1
        } else {
            throw Fault(
                .invalid, "\(source) is no component descriptor: it has neither meta.schemaVersion nor apiVersion",
                fix: "check that the file is a component descriptor")
        }
        for key in schema == .v2 ? ["component"] : ["metadata", "spec"] where json[key]?.object == nil {
            throw Fault(.invalid, "\(source) has no “\(key)”", fix: "check that the file is a component descriptor")
        }
    }

    func value(_ field: ComponentDescriptor.Field) -> JSON? {
        var value: JSON? = json
        for key in field.path(schema) { value = value?[key] }
        return value
    }

    func identity() throws(Fault) -> ComponentVersionIdentity {
        do {
            return ComponentVersionIdentity(
                name: try ComponentName(text(.name)), version: try ComponentVersion(text(.version)))
        } catch {
            throw error.during(source)
        }
    }

    /// Checks provider, labels, time and nested digests.
    func checkHead() throws(Fault) {
        do throws(Fault) {
            let thing = try "\(text(.name)):\(text(.version))"
            if schema == .v2, let provider = value(.provider), provider.object != nil {
                throw Fault(.invalid, "the provider of \(thing) is an object; schema v2 has a string there")
            }
            _ = try Provider(value(.provider), of: thing)
            _ = try Label.list(value(.labels), of: thing)
            switch value(.creationTime) {
            case nil, .null: break
            case .string(let text) where Timestamp(text) != nil: break
            default:
                throw Fault(
                    .invalid, "the creationTime of \(thing) is no time", fix: "write it as 2026-01-02T03:04:05Z")
            }
            for field in [ComponentDescriptor.Field.repositoryContexts, .nestedDigests] {
                guard let list = value(field), list != .null, list.array == nil else { continue }
                throw Fault(.invalid, "\(field.rawValue) of \(thing) is a \(list.kindName), not a list")
            }
            for (index, item) in (value(.nestedDigests)?.array ?? []).enumerated() {
                _ = try NestedDigest(item, place: "nestedDigests[\(index)]")
            }
        } catch {
            throw error.during(source)
        }
    }

    /// The members of a list; absent and `null` are no members.
    func list<Element>(
        _ field: ComponentDescriptor.Field, _ read: (JSON, String) throws(Fault) -> Element
    ) throws(Fault) -> [Element] {
        guard let value = value(field), value != .null else { return [] }
        let path = field.path(schema).joined(separator: ".")
        guard let items = value.array else {
            throw Fault(.invalid, "\(source): \(path) is a \(value.kindName), not a list")
        }
        let limit = field == .signatures ? ComponentDescriptor.signatureLimit : ComponentDescriptor.elementLimit
        guard items.count <= limit else {
            throw Fault(.limitExceeded, "\(source): \(path) has \(items.count) entries, more than \(limit)")
        }
        var elements: [Element] = []
        elements.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            do { elements.append(try read(item, "\(path)[\(index)]")) } catch { throw error.during(source) }
        }
        return elements
    }

    private func text(_ field: ComponentDescriptor.Field) throws(Fault) -> String {
        let path = field.path(schema).joined(separator: ".")
        switch value(field) {
        case .string(let text)?: return text
        case .number(let number)?:
            throw Fault(.invalid, "\(path) is a number, not a string", fix: "write it in quotes: \"\(number.text)\"")
        case nil: throw Fault(.invalid, "\(path) is missing", fix: "add it")
        case let other?: throw Fault(.invalid, "\(path) is a \(other.kindName), not a string")
        }
    }
}
