// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Reads one component of a constructor.
struct ConstructorReader {
    private let node: ConstructorNode

    init(_ node: ConstructorNode) { self.node = node }

    private static let componentFields = [
        "name", "version", "provider", "labels", "creationTime", "resources", "sources", "componentReferences",
        "references",
        "meta",
    ]
    private static let elementFields = [
        "name", "version", "type", "extraIdentity", "labels", "input", "access", "options",
    ]
    private static let resourceFields = elementFields + ["relation", "srcRefs", "digest"]
    private static let referenceFields = ["name", "version", "componentName", "extraIdentity", "labels", "digest"]
    private static let labelFields = ["name", "value", "version", "signing", "merge"]
    /// What the documentation of older tools writes for the version of the component.
    private static let versionPlaceholder = "<componentversion>"

    func component() throws(Fault) -> ConstructorComponent {
        if node.json["signatures"] != nil {
            throw node.fault(
                at: "signatures", "cannot be given: signatures are made over the finished component version",
                fix: "remove it, and sign after adding: ocm sign component-version …")
        }
        try node.object(Self.componentFields, of: "component")
        try checkSchema()
        let identity = try identity()
        let provider = try provider()
        let labels = try labels(node)
        var creationTime: Timestamp?
        if let text = try node.optionalText("creationTime") {
            creationTime = Timestamp(text)
            if creationTime == nil {
                throw node.fault(at: "creationTime", "is no time", fix: "write it as \"2026-01-02T03:04:05Z\"")
            }
        }
        let resources = try elements("resources", .resource, identity)
        let sources = try elements("sources", .source, identity)
        return ConstructorComponent(
            identity: identity, provider: provider, labels: labels, creationTime: creationTime,
            elements: resources + sources, referenceList: try references())
    }

    private func checkSchema() throws(Fault) {
        guard let meta = node["meta"] else { return }
        try meta.object(["configuredSchemaVersion", "schemaVersion"], of: "component's meta")
        for key in ["configuredSchemaVersion", "schemaVersion"] {
            guard let schema = try meta.optionalText(key), schema != "v2" else { continue }
            throw meta.fault(
                at: key, "is “\(schema)”, which is not written",
                fix: "remove it; descriptors are written with schema v2",
                code: .unsupported)
        }
    }

    private func identity() throws(Fault) -> ComponentVersionIdentity {
        let (name, version) = (try node.text("name"), try node.text("version"))
        return ComponentVersionIdentity(
            name: try node.located("name") { () throws(Fault) in try ComponentName(name) },
            version: try node.located("version") { () throws(Fault) in try ComponentVersion(version) })
    }

    private func provider() throws(Fault) -> Provider {
        guard let provider = node["provider"] else {
            throw node.fault("has no “provider”", fix: "add provider: {name: acme.org}")
        }
        if provider.json.object != nil {
            try provider.object(["name", "labels"], of: "provider")
            let (name, labels) = (try provider.text("name"), try labels(provider))
            return try provider.located("name") { () throws(Fault) in try Provider(name: name, labels: labels) }
        }
        _ = try node.text("provider")
        return try node.located("provider") { () throws(Fault) in try Provider(provider.json, of: "the component") }
    }

    private func labels(_ node: ConstructorNode) throws(Fault) -> [Label] {
        for label in try node.list("labels") {
            try label.object(Self.labelFields, of: "label")
            if let merge = label["merge"] { try merge.object(["algorithm", "config"], of: "label's merge") }
            _ = try label.text("name")
            _ = try label.optionalText("version")
            _ = try label.flag("signing")
        }
        return try node.located("labels") { () throws(Fault) in try Label.list(node.json["labels"], of: node.path) }
    }

    private func elements(
        _ key: String, _ kind: ConstructorElement.Kind, _ component: ComponentVersionIdentity
    ) throws(Fault) -> [ConstructorElement] {
        var elements: [ConstructorElement] = []
        var places: [ElementIdentity: String] = [:]
        for item in try node.list(key) {
            let element = try element(item, kind, component)
            try Self.checkUnique(element.identity, item, &places)
            elements.append(element)
        }
        return elements
    }

    private static func checkUnique(
        _ identity: ElementIdentity, _ node: ConstructorNode, _ places: inout [ElementIdentity: String]
    ) throws(Fault) {
        guard let first = places.updateValue(node.place, forKey: identity) else { return }
        throw node.fault(
            "has the identity \(identity), as has the one at \(first)",
            fix: "give one of them another name, version or extraIdentity")
    }

    private func element(
        _ node: ConstructorNode, _ kind: ConstructorElement.Kind, _ component: ComponentVersionIdentity
    ) throws(Fault) -> ConstructorElement {
        if node.json["copyPolicy"] != nil {
            throw node.fault(
                at: "copyPolicy", "is no longer a field",
                fix: "remove it; use “input” to store content, “access” to refer to it")
        }
        try node.object(kind == .resource ? Self.resourceFields + ["srcRef"] : Self.elementFields, of: kind.rawValue)
        let content = try content(node)
        var isInput = false
        if case .input = content { isInput = true }
        var fields = try common(node)
        fields["type"] = .string(try node.text("type"))
        var relation: Resource.Relation?
        if kind == .resource {
            relation = try self.relation(node) ?? (isInput ? .local : .external)
            fields["relation"] = relation.map { .string($0.rawValue) }
            for key in ["srcRefs", "srcRef"] {
                fields["srcRefs"] = try sourceReferences(node, key) ?? fields["srcRefs"]
            }
        }
        let version = try version(node, component, isRequired: relation == .external && !isInput)
        fields["version"] = .string(version)
        let (skips, policy) = try options(node)
        let name = try elementName(node)
        return ConstructorElement(
            kind: kind, content: content, digest: kind == .resource ? try digest(node) : nil, skipsDigest: skips,
            ownershipPolicy: policy, elementName: name,
            identity: ElementIdentity(name: name.text, version: version, extraIdentity: extraIdentity(node)),
            fields: .object(fields))
    }

    /// Name, extra identity and labels; the version is added behind the name.
    private func common(_ node: ConstructorNode) throws(Fault) -> JSONObject {
        var fields = JSONObject([("name", .string(try elementName(node).text)), ("version", .null)])
        if let extra = node["extraIdentity"] {
            guard let object = extra.json.object else {
                throw extra.fault("is a \(extra.json.kindName), not an object")
            }
            for key in object.keys {
                _ = try extra.text(key)
                guard ElementName.isValid(key, extra: [UInt8(ascii: ".")]) else {
                    throw extra.fault(
                        at: key, "is not a key of an identity",
                        fix: "use at least two of a-z, 0-9, “-”, “_”, “+” and “.”")
                }
                guard key != "name" && key != "version" else {
                    throw extra.fault(at: key, "is part of every identity", fix: "remove it here")
                }
            }
            if !object.isEmpty { fields["extraIdentity"] = extra.json }
        }
        if try !labels(node).isEmpty { fields["labels"] = node.json["labels"] }
        return fields
    }

    private func extraIdentity(_ node: ConstructorNode) -> [String: String] {
        var attributes: [String: String] = [:]
        for (key, value) in node.json["extraIdentity"]?.object ?? JSONObject() { attributes[key] = value.string }
        return attributes
    }

    private func elementName(_ node: ConstructorNode) throws(Fault) -> ElementName {
        let name = try node.text("name")
        return try node.located("name") { () throws(Fault) in try ElementName(name) }
    }

    private func content(_ node: ConstructorNode) throws(Fault) -> ConstructorElement.Content {
        switch (node["input"], node["access"]) {
        case (let input?, nil):
            return .input(try node.located("input") { () throws(Fault) in try TypedSpecification(input.json) })
        case (nil, let access?):
            return .access(try node.located("access") { () throws(Fault) in try TypedSpecification(access.json) })
        case (nil, nil):
            throw node.fault(
                "has neither “input” nor “access”", fix: "add one of them to say where its content comes from")
        case (_?, _?):
            throw node.fault(
                at: "input", "stands beside “access”; only one of them can say where content comes from",
                fix: "remove one of them")
        }
    }

    private func relation(_ node: ConstructorNode) throws(Fault) -> Resource.Relation? {
        guard let text = try node.optionalText("relation") else { return nil }
        guard let relation = Resource.Relation(rawValue: text) else {
            throw node.fault(at: "relation", "is neither local nor external", fix: "write local or external")
        }
        return relation
    }

    private func version(
        _ node: ConstructorNode, _ component: ComponentVersionIdentity, isRequired: Bool
    ) throws(Fault) -> String {
        guard let text = try node.optionalText("version") else {
            guard !isRequired else {
                throw node.fault("has no “version”", fix: "add the version of what the access refers to")
            }
            return component.version.text
        }
        if text == Self.versionPlaceholder { return component.version.text }
        return try node.located("version") { () throws(Fault) in try ComponentVersion(text).text }
    }

    private func options(_ node: ConstructorNode) throws(Fault) -> (skipsDigest: Bool, ownershipPolicy: String?) {
        guard let options = node["options"] else { return (false, nil) }
        try options.object(["skipDigestGeneration", "ownershipPolicy"], of: "element's options")
        let policy = try options.optionalText("ownershipPolicy")
        if let policy, !["Never", "Always"].contains(policy) {
            throw options.fault(at: "ownershipPolicy", "is neither Never nor Always", fix: "write Never or Always")
        }
        return (try options.flag("skipDigestGeneration") ?? false, policy)
    }

    private func digest(_ node: ConstructorNode) throws(Fault) -> DigestSpecification? {
        guard let digest = node["digest"] else { return nil }
        try digest.object(["hashAlgorithm", "normalisationAlgorithm", "value"], of: "digest")
        let specification = DigestSpecification(
            hashAlgorithm: try digest.text("hashAlgorithm"),
            normalisationAlgorithm: try digest.text("normalisationAlgorithm"),
            value: try digest.text("value"))
        if !specification.isExcluded {
            _ = try digest.located("value") { () throws(Fault) in try specification.digest() }
        }
        return specification
    }

    private func sourceReferences(_ node: ConstructorNode, _ key: String) throws(Fault) -> JSON? {
        let references = try node.list(key)
        for reference in references {
            try reference.object(["identitySelector", "labels"], of: "source reference")
            if let selector = reference["identitySelector"] {
                guard let object = selector.json.object else {
                    throw selector.fault("is a \(selector.json.kindName), not an object")
                }
                for key in object.keys { _ = try selector.text(key) }
            }
            _ = try labels(reference)
        }
        guard !references.isEmpty else { return nil }
        return .array(references.map(\.json))
    }

    private func references() throws(Fault) -> [ComponentReference] {
        guard node["references"] == nil || node["componentReferences"] == nil else {
            throw node.fault(
                at: "references", "stands beside “componentReferences”, which means the same",
                fix: "put all of them into one list")
        }
        var references: [ComponentReference] = []
        var places: [ElementIdentity: String] = [:]
        for item in try node.list(node["references"] == nil ? "componentReferences" : "references") {
            try item.object(Self.referenceFields, of: "component reference")
            let (component, version) = (try item.text("componentName"), try item.text("version"))
            let target = ComponentVersionIdentity(
                name: try item.located("componentName") { () throws(Fault) in try ComponentName(component) },
                version: try item.located("version") { () throws(Fault) in try ComponentVersion(version) })
            var fields = try common(item)
            fields["version"] = .string(target.version.text)
            fields["componentName"] = .string(target.name.text)
            fields["digest"] = try digest(item)?.json
            let reference = try ComponentReference(.object(fields), place: item.path)
            try Self.checkUnique(reference.identity, item, &places)
            references.append(reference)
        }
        return references
    }
}
