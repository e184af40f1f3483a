// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// `jsonNormalisation/v1`: objects become lists of one-member objects sorted by key, strings are escaped as Go does.
struct EntryListNormalisation {
    private let descriptor: ComponentDescriptor
    init(_ descriptor: ComponentDescriptor) { self.descriptor = descriptor }

    /// - Parameter forcingNullIdentities: whether a missing extra identity is written as null; early releases left it out.
    func bytes(forcingNullIdentities: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        write(descriptor.schema == .v2 ? second(forcingNullIdentities) : third(), into: &bytes)
        return bytes
    }

    private func second(_ forcesNull: Bool) -> JSON {
        let head = descriptor.json["component"] ?? .null
        var component = JSONObject()
        NormalisationFilter.copy(["name", "version", "creationTime"], from: head, into: &component)
        component["labels"] = NormalisationFilter.labels(head["labels"])
        let provider = ComponentDescriptor.provider(head["provider"])
        if head["provider"]?.string?.hasPrefix("{") == true, provider.object != nil {
            var object = JSONObject()
            NormalisationFilter.copy(["name"], from: provider, into: &object)
            object["labels"] = NormalisationFilter.labels(provider["labels"])
            component["provider"] = .object(object)
        } else {
            component["provider"] = head["provider"]
        }
        let defaulted = NormalisationFilter.defaultIdentities(descriptor.resources.map(\.json))
        component["resources"] = .array(defaulted.map { resource($0, forcesNull: forcesNull) })
        component["componentReferences"] = .array(descriptor.references.map { element in
            var result = JSONObject()
            NormalisationFilter.copy(["name", "version", "componentName", "extraIdentity"], from: element.json, into: &result)
            if forcesNull && result["extraIdentity"] == nil { result["extraIdentity"] = .null }
            result["labels"] = NormalisationFilter.labels(element.json["labels"])
            result["digest"] = NormalisationFilter.digest(element.json["digest"])
            return .object(result)
        })
        var meta = JSONObject()
        meta["schemaVersion"] = descriptor.json["meta"]?["schemaVersion"]
        return .object(["component": .object(component), "meta": .object(meta)])
    }

    private func resource(_ json: JSON, forcesNull: Bool) -> JSON {
        var result = JSONObject()
        NormalisationFilter.copy(["name", "version", "type", "relation", "extraIdentity"], from: json, into: &result)
        if forcesNull && result["extraIdentity"] == nil { result["extraIdentity"] = .null }
        result["labels"] = NormalisationFilter.labels(json["labels"])
        if !NormalisationFilter.isNone(json["access"]) { result["digest"] = NormalisationFilter.digest(json["digest"]) }
        return .object(result)
    }

    /// The flavour for schema v3alpha1; labels of the provider are not filtered there.
    private func third() -> JSON {
        let json = descriptor.json
        let head = json["metadata"] ?? .null
        var metadata = JSONObject()
        NormalisationFilter.copy(["name", "version", "provider", "creationTime"], from: head, into: &metadata)
        metadata["labels"] = NormalisationFilter.labels(head["labels"])
        var spec = JSONObject()
        if !descriptor.resources.isEmpty {
            spec["resources"] = .array(
                NormalisationFilter.defaultIdentities(descriptor.resources.map(\.json)).map { resource($0, forcesNull: false) })
        }
        if !descriptor.sources.isEmpty {
            spec["sources"] = .array(descriptor.sources.map { element in
                var result = JSONObject()
                NormalisationFilter.copy(["name", "version", "type", "extraIdentity"], from: element.json, into: &result)
                result["labels"] = NormalisationFilter.labels(element.json["labels"])
                return .object(result)
            })
        }
        if !descriptor.references.isEmpty {
            spec["references"] = .array(descriptor.references.map { element in
                var result = JSONObject()
                NormalisationFilter.copy(["name", "version", "componentName", "extraIdentity"], from: element.json, into: &result)
                result["labels"] = NormalisationFilter.labels(element.json["labels"])
                result["digest"] = NormalisationFilter.digest(element.json["digest"])
                return .object(result)
            })
        }
        var root = JSONObject()
        NormalisationFilter.copy(["apiVersion", "kind"], from: json, into: &root)
        root["metadata"] = .object(metadata)
        root["spec"] = .object(spec)
        return .object(root)
    }

    private func write(_ json: JSON, into bytes: inout [UInt8]) {
        switch json {
        case .object(let object):
            bytes.append(UInt8(ascii: "["))
            for (index, member) in object.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(UInt8(ascii: "{"))
                quote(member.key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                write(member.value, into: &bytes)
                bytes.append(UInt8(ascii: "}"))
            }
            bytes.append(UInt8(ascii: "]"))
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(item, into: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .string(let text): quote(text, into: &bytes)
        case .number:
            // Go reads numbers as doubles and writes them as ECMAScript does.
            bytes += (try? json.canonical()) ?? json.encoded()
        default: bytes += json.encoded()
        }
    }

    /// Go's encoding/json escapes `<`, `>`, `&` and the two line separators as well.
    private func quote(_ text: String, into bytes: inout [UInt8]) {
        let escaped = String(decoding: JSON.string(text).encoded(), as: UTF8.self)
        for scalar in escaped.unicodeScalars {
            switch scalar.value {
            case 0x3C: bytes += Array("\\u003c".utf8)
            case 0x3E: bytes += Array("\\u003e".utf8)
            case 0x26: bytes += Array("\\u0026".utf8)
            case 0x2028: bytes += Array("\\u2028".utf8)
            case 0x2029: bytes += Array("\\u2029".utf8)
            default: bytes += Array(String(Character(scalar)).utf8)
            }
        }
    }
}
