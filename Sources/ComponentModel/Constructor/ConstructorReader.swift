// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Reads the objects of a constructor; every error names the place in the file.
struct ConstructorReader {
    let document: LocatedDocument

    func fault(_ what: String, _ pointer: JSONPointer, fix: String? = nil) -> Fault {
        Fault(.invalid, "\(document.place(of: pointer)): \(what)", fix: fix)
    }

    /// Refuses fields that are not among the known ones, and proposes the nearest of them.
    func allow(_ known: [String], in json: JSON, _ pointer: JSONPointer) throws(Fault) {
        guard let object = json.object else { throw fault("this is a \(json.kindName), not an object", pointer) }
        for key in object.keys where !known.contains(key) {
            let nearest = Spelling.nearest(to: key, among: known)
            throw fault(
                "the field “\(key)” is unknown here", pointer.appending(key),
                fix: nearest.map { "did you mean “\($0)”?" } ?? "known fields are \(known.joined(separator: ", "))")
        }
    }

    func text(_ json: JSON, _ key: String, _ pointer: JSONPointer) throws(Fault) -> String? {
        guard let value = json[key], value != .null else { return nil }
        guard let text = value.string ?? (key == "version" ? value.numberText : nil) else {
            throw fault("“\(key)” is a \(value.kindName), not a string", pointer.appending(key), fix: "quote the value")
        }
        return text
    }

    func required(_ json: JSON, _ key: String, _ pointer: JSONPointer) throws(Fault) -> String {
        guard let text = try text(json, key, pointer), !text.isEmpty else {
            throw fault("“\(key)” is missing", pointer, fix: "add “\(key)”")
        }
        return text
    }

    func list(_ json: JSON, _ key: String, _ pointer: JSONPointer) throws(Fault) -> [(JSON, JSONPointer)] {
        guard let value = json[key], value != .null else { return [] }
        let inner = pointer.appending(key)
        guard let items = value.array else { throw fault("“\(key)” is a \(value.kindName), not a list", inner) }
        return items.enumerated().map { ($0.element, inner.appending($0.offset)) }
    }

    /// Adds the place to an error of a value's own check.
    func located<Value>(_ pointer: JSONPointer, _ make: () throws(Fault) -> Value) throws(Fault) -> Value {
        do { return try make() } catch { throw Fault(error.code, "\(document.place(of: pointer)): \(error.message)", fix: error.fix) }
    }

    func component(_ json: JSON, _ pointer: JSONPointer) throws(Fault) -> ConstructorComponent {
        try allow(
            ["name", "version", "provider", "labels", "creationTime", "resources", "sources", "componentReferences", "references", "meta"],
            in: json, pointer)
        let nameText = try required(json, "name", pointer), versionText = try required(json, "version", pointer)
        let name = try located(pointer.appending("name")) { () throws(Fault) in try ComponentName(nameText) }
        let version = try located(pointer.appending("version")) { () throws(Fault) in try ComponentVersion(versionText) }
        let identity = ComponentVersionIdentity(name: name, version: version)
        if json["references"] != nil && json["componentReferences"] != nil {
            throw fault(
                "“references” and “componentReferences” are two names of one list", pointer.appending("references"), fix: "keep one of them")
        }
        var elements: [ConstructorElement] = []
        for (item, inner) in try list(json, "resources", pointer) {
            elements.append(try element(.resource, item, inner, identity))
        }
        for (item, inner) in try list(json, "sources", pointer) {
            elements.append(try element(.source, item, inner, identity))
        }
        var references: [JSON] = []
        for key in ["references", "componentReferences"] {
            for (item, inner) in try list(json, key, pointer) { references.append(try reference(item, inner)) }
        }
        try refuseDuplicates(elements.filter { $0.kind == .resource }.map(\.frame), pointer.appending("resources"))
        try refuseDuplicates(elements.filter { $0.kind == .source }.map(\.frame), pointer.appending("sources"))
        try refuseDuplicates(references, pointer.appending(json["references"] != nil ? "references" : "componentReferences"))
        let time = try text(json, "creationTime", pointer)
        if let time, Timestamp(time) == nil {
            throw fault("“\(time)” is no time", pointer.appending("creationTime"), fix: "write it as 2026-01-02T03:04:05Z")
        }
        return ConstructorComponent(
            identity: identity, provider: try provider(json, pointer), labels: try labels(json, pointer), creationTime: time,
            elements: elements, referenceObjects: references)
    }

    private func provider(_ json: JSON, _ pointer: JSONPointer) throws(Fault) -> Provider {
        let inner = pointer.appending("provider")
        guard let value = json["provider"], value != .null else {
            throw fault("“provider” is missing", pointer, fix: "add “provider: {name: …}”")
        }
        if let name = value.string, !name.isEmpty { return Provider(name: name, labels: []) }
        try allow(["name", "labels"], in: value, inner)
        return Provider(name: try required(value, "name", inner), labels: try labels(value, inner))
    }

    private func labels(_ json: JSON, _ pointer: JSONPointer) throws(Fault) -> [Label] {
        var labels: [Label] = []
        var names: Set<String> = []
        for (item, inner) in try list(json, "labels", pointer) {
            try allow(["name", "value", "version", "signing", "merge"], in: item, inner)
            let name = try required(item, "name", inner)
            guard item["value"] != nil else { throw fault("the label “\(name)” has no “value”", inner, fix: "add “value”") }
            guard names.insert(name).inserted else {
                throw fault("the label “\(name)” is there twice", inner, fix: "keep one of the two")
            }
            if let version = try text(item, "version", inner) {
                guard version.hasPrefix("v"), version.count > 1, version.dropFirst().allSatisfy(\.isNumber) else {
                    throw fault("“\(version)” is no version of a label", inner.appending("version"), fix: "write it as v1")
                }
            }
            labels.append(Label(json: item))
        }
        return labels
    }

    private static let common = ["name", "version", "type", "extraIdentity", "labels", "input", "access"]

    private func element(
        _ kind: ConstructorElement.Kind, _ json: JSON, _ pointer: JSONPointer, _ component: ComponentVersionIdentity
    ) throws(Fault) -> ConstructorElement {
        try allow(Self.common + (kind == .resource ? ["relation", "srcRefs", "srcRef", "digest", "options"] : []), in: json, pointer)
        let name = try elementName(json, pointer)
        let type = try required(json, "type", pointer)
        let input = json["input"].flatMap { $0 == .null ? nil : $0 }, access = json["access"].flatMap { $0 == .null ? nil : $0 }
        guard (input == nil) != (access == nil) else {
            throw fault(
                "“\(name)” needs exactly one of “input” and “access”", pointer,
                fix: input == nil ? "add “input” for content to read now, or “access” for content that stays where it is" : "remove one of the two")
        }
        var relation = input == nil ? "external" : "local"
        if kind == .resource, let stated = try text(json, "relation", pointer) {
            guard ["local", "external"].contains(stated) else {
                throw fault("“\(stated)” is no relation", pointer.appending("relation"), fix: "use local or external")
            }
            relation = stated
        }
        let stated = try text(json, "version", pointer)
        let version = stated == nil || stated == "<componentversion>" ? component.version.text : stated ?? ""
        var frame = JSONObject()
        frame["name"] = .string(name)
        frame["version"] = .string(version)
        frame["type"] = .string(type)
        if kind == .resource { frame["relation"] = .string(relation) }
        try addShared(json, pointer, to: &frame)
        if let refs = json["srcRefs"] ?? json["srcRef"], kind == .resource, refs != .null {
            guard refs.array != nil else { throw fault("“srcRefs” is no list", pointer.appending("srcRefs")) }
            frame["srcRefs"] = refs
        }
        let key = input == nil ? "access" : "input"
        let specification = try located(pointer.appending(key)) { () throws(Fault) in try TypedSpecification(input ?? access ?? .null) }
        let digest = json["digest"].flatMap { DigestSpecification(json: $0) }
        if let digest, !digest.isExcluded {
            _ = try located(pointer.appending("digest")) { () throws(Fault) in try digest.digest() }
        }
        return ConstructorElement(
            kind: kind, name: name, version: version, content: input == nil ? .access(specification) : .input(specification),
            digest: digest, skipsDigest: json["options"]?["skipDigestGeneration"]?.bool ?? false, frame: .object(frame))
    }

    private func elementName(_ json: JSON, _ pointer: JSONPointer) throws(Fault) -> String {
        let name = try required(json, "name", pointer)
        guard ElementName.isValid(name) else {
            throw fault(
                "“\(name)” is no name of an element", pointer.appending("name"),
                fix: "use two or more lower-case letters, digits, “-”, “_” and “+”")
        }
        return name
    }

    private func addShared(_ json: JSON, _ pointer: JSONPointer, to frame: inout JSONObject) throws(Fault) {
        if let extra = json["extraIdentity"], extra != .null {
            let inner = pointer.appending("extraIdentity")
            guard let object = extra.object else { throw fault("“extraIdentity” is a \(extra.kindName), not an object", inner) }
            for (key, value) in object {
                guard value.string != nil else {
                    throw fault("“\(key)” is a \(value.kindName), not a string", inner.appending(key), fix: "quote the value")
                }
            }
            if !object.isEmpty { frame["extraIdentity"] = extra }
        }
        let labels = try labels(json, pointer)
        if !labels.isEmpty { frame["labels"] = .array(labels.map(\.json)) }
    }

    private func reference(_ json: JSON, _ pointer: JSONPointer) throws(Fault) -> JSON {
        try allow(["name", "componentName", "version", "extraIdentity", "labels", "digest"], in: json, pointer)
        var frame = JSONObject()
        frame["name"] = .string(try elementName(json, pointer))
        let version = try required(json, "version", pointer), component = try required(json, "componentName", pointer)
        _ = try located(pointer.appending("version")) { () throws(Fault) in try ComponentVersion(version) }
        _ = try located(pointer.appending("componentName")) { () throws(Fault) in try ComponentName(component) }
        frame["version"] = .string(version)
        frame["componentName"] = .string(component)
        try addShared(json, pointer, to: &frame)
        if let digest = json["digest"].flatMap({ DigestSpecification(json: $0) }) { frame["digest"] = digest.json }
        return .object(frame)
    }

    private func refuseDuplicates(_ elements: [JSON], _ pointer: JSONPointer) throws(Fault) {
        var seen: Set<ElementIdentity> = []
        for (index, json) in elements.enumerated() {
            let identity = Resource(json: json).identity
            guard seen.insert(identity).inserted else {
                throw fault(
                    "another entry has the identity \(identity)", pointer.appending(index),
                    fix: "give it another name, or tell them apart with extraIdentity")
            }
        }
    }
}
