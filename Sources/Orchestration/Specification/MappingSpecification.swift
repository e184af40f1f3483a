// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

extension OrchestrationSpecification {
    /// Reads a specification in any form.
    ///
    /// - Parameter types: the kinds of operations that are known; the mapping form needs them.
    /// - Throws: `invalid` with all that is wrong with its form, each with its line.
    public init(reading document: LocatedDocument, types: [OperationType]) throws(Fault) {
        if Self.isMapping(document) {
            try self.init(mapping: document, types: types)
        } else {
            try self.init(document)
        }
    }

    /// Whether a document is in the mapping form: `metadata.version` and `spec.mappings`.
    private static func isMapping(_ document: LocatedDocument) -> Bool {
        document.root["transformations"] == nil
            && (document.root["spec"]?["mappings"] != nil || document.root["metadata"]?["version"] != nil)
    }

    /// Reads a specification in the mapping form, in which each component has a source, targets, and pipelines of
    /// transformations for its resources.
    ///
    /// It becomes the same operations that the other forms list: the component is read, each resource goes through its
    /// transformations one after the other, and the component is written to each target with what came of it. A
    /// transformation that takes `data`, `componentDescriptor` or `resource` and names none gets those of the step
    /// before it, of its component and of its resource.
    ///
    /// - Parameter types: the kinds of operations, for the names of what they take.
    /// - Throws: `invalid` with all that is wrong with the form, each with its line.
    public init(mapping document: LocatedDocument, types: [OperationType]) throws(Fault) {
        var compiler = MappingCompiler(document, types)
        let operations = try compiler.compile()
        self.init(document: document, environment: [:], operations: operations)
    }
}

/// Makes operations of mappings.
private struct MappingCompiler {
    private let document: LocatedDocument
    private let types: [String: OperationType]
    private var problems: SpecificationProblems
    private var operations: [OrchestrationSpecification.Operation] = []

    init(_ document: LocatedDocument, _ types: [OperationType]) {
        self.document = document
        self.types = Dictionary(types.map { ($0.name, $0) }) { first, _ in first }
        problems = SpecificationProblems(document)
    }

    mutating func compile() throws(Fault) -> [OrchestrationSpecification.Operation] {
        let version = JSONPointer(["metadata", "version"])
        if document.root["metadata"]?["version"]?.string != "v1alpha1" {
            problems.add("'metadata.version' is not 'v1alpha1'", at: version)
        }
        let list = JSONPointer(["spec", "mappings"])
        guard let mappings = document.root["spec"]?["mappings"]?.array else {
            throw Fault(
                .invalid, "\(document.place(of: list)): 'spec.mappings' is missing or no list",
                fix: "list the components to carry under 'spec.mappings'")
        }
        for (index, mapping) in mappings.enumerated() {
            compile(mapping, at: list.appending(index), id: "mapping\(index + 1)")
        }
        try problems.throwIfAny(
            fix:
                "a mapping has 'component' with 'name' and 'version', 'source', 'targets', and 'resources' whose steps "
                + "have a 'type'")
        return operations
    }

    private mutating func compile(_ mapping: JSON, at pointer: JSONPointer, id: String) {
        let component = pointer.appending("component")
        guard let name = mapping["component"]?["name"]?.string,
            let version = mapping["component"]?["version"]?.string
        else { return problems.add("a mapping needs 'component' with 'name' and 'version'", at: component) }
        guard let source = mapping["source"], let reading = kind(of: source) else {
            return problems.add("a mapping needs a 'source' that is a registry or an archive", at: pointer)
        }
        add(
            id, "downloader.component.\(reading)/v1alpha1",
            ["repository": source, "name": .string(name), "version": .string(version)], at: pointer)
        for key in ["resources", "sources"] {
            for (index, item) in (mapping[key]?.array ?? []).enumerated() {
                compile(
                    item, key, at: pointer.appending(key).appending(index), id: id, number: index + 1, source, mapping)
            }
        }
        let targets: [(JSON, JSONPointer)] =
            mapping["target"].map { [($0, pointer.appending("target"))] }
            ?? (mapping["targets"]?.array ?? []).enumerated().map { index, target in
                (target, pointer.appending("targets").appending(index))
            }
        if targets.isEmpty { problems.add("a mapping needs a 'target' or 'targets'", at: pointer) }
        for (index, (target, place)) in targets.enumerated() {
            guard let writing = kind(of: target) else {
                problems.add("the target is neither a registry nor an archive", at: place)
                continue
            }
            var properties: JSON = ["repository": target, "data": .string("${\(id).outputs.data}")]
            if let policy = mapping["signatures"] { properties["signatures"] = policy }
            add("\(id)Target\(index + 1)", "uploader.component.\(writing)/v1alpha1", properties, at: place)
        }
    }

    /// One resource or source and what it goes through.
    private mutating func compile(
        _ item: JSON, _ list: String, at pointer: JSONPointer, id: String, number: Int, _ repository: JSON,
        _ mapping: JSON
    ) {
        let element = list == "resources" ? "resource" : "source"
        guard let identity = item[element], identity["name"]?.string != nil else {
            return problems.add("it needs '\(element)' with its name", at: pointer)
        }
        let prefix = "\(id)\(element == "resource" ? "Resource" : "Source")\(number)"
        var properties: JSON = ["repository": repository, "element": .string(element), "identity": identity]
        properties["component"] = mapping["component"]?["name"]
        // Reading waits for the component, so that its descriptor is read once.
        properties["version"] = .string("${\(id).spec.version}")
        add(prefix, "ReadContent/v1alpha1", properties, at: pointer)
        var previous = prefix
        for (index, step) in (item["transformations"]?.array ?? []).enumerated() {
            let place = pointer.appending("transformations").appending(index)
            guard let type = step["type"]?.string, var members = step.object else {
                problems.add("the transformation has no 'type'", at: place)
                continue
            }
            members["type"] = nil
            let takes = types[type]?.properties["properties"]
            let given: [(String, JSON)] = [
                ("data", .string("${\(previous).outputs.data}")),
                ("componentDescriptor", .string("${\(id).outputs.descriptor}")), ("resource", identity),
            ]
            for (name, value) in given where takes?[name] != nil && members[name] == nil {
                if name == "resource" && element == "source" { continue }
                members[name] = value
            }
            let stepID = "\(prefix)Step\(index + 1)"
            add(stepID, type, .object(members), at: place)
            if types[type]?.outputs["properties"]?["data"] != nil { previous = stepID }
        }
    }

    private mutating func add(_ id: String, _ type: String, _ properties: JSON, at pointer: JSONPointer) {
        operations.append(
            OrchestrationSpecification.Operation(
                id: id, type: type, properties: properties, pointer: pointer, propertiesPointer: pointer))
    }

    /// How kinds of operations on a repository are named; nil for one that is neither a registry nor an archive.
    private func kind(of repository: JSON) -> String? {
        let type = repository["type"]?.string?.split(separator: "/").first.map { $0.lowercased() } ?? ""
        return switch type {
        case "oci", "ociregistry", "ocirepository": "oci"
        case "ctf", "commontransportformat": "ctf"
        default: nil
        }
    }
}
