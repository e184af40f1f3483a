// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
public import Orchestration

/// What a plug-in says about itself: the answer to `capabilities`, read strictly.
public struct PluginDescription: Sendable {
    /// What the plug-in is called.
    public let name: String
    /// Its version.
    public let version: String
    /// What it can do; at least one kind of operation.
    public let operations: [PluginOperationDescription]

    /// The version of the protocol that is spoken here.
    public static let protocolVersion = "v1alpha1"

    /// Reads a description.
    ///
    /// - Parameter source: what errors call the plug-in.
    /// - Throws: `invalid` for a description that is of the wrong form or has members that this version does not know,
    ///   `unsupported` for another version of the protocol.
    public init(_ json: JSON, source: String) throws(Fault) {
        let reader = DescriptionReader(source: source)
        let spoken = try reader.text(json["protocolVersion"], "protocolVersion")
        guard spoken == Self.protocolVersion else {
            throw Fault(
                .unsupported,
                "\(source) speaks the version '\(spoken.prefix(40))' of the protocol, not \(Self.protocolVersion)",
                fix: "take a version of the plug-in for \(Self.protocolVersion)")
        }
        try reader.expect(json, only: ["protocolVersion", "name", "version", "operations"], in: "the description")
        name = try reader.text(json["name"], "name")
        version = try reader.text(json["version"], "version")
        let items = json["operations"]?.array ?? []
        guard (1...64).contains(items.count) else {
            throw Fault(.invalid, "\(source) describes \(items.count) operations; a plug-in has 1 to 64")
        }
        var operations: [PluginOperationDescription] = []
        for item in items {
            let operation = try PluginOperationDescription(item, reader)
            guard !operations.contains(where: { $0.type == operation.type }) else {
                throw Fault(.invalid, "\(source) describes the operation '\(operation.type)' twice")
            }
            operations.append(operation)
        }
        self.operations = operations
    }
}

/// One kind of operation of a plug-in.
public struct PluginOperationDescription: Sendable {
    /// Its name with its version: `replace.text.example/v1alpha1`.
    public let type: String
    /// What it does.
    public let summary: String
    /// The property whose content it reads from descriptor 0.
    public let input: String?
    /// The output whose content it writes to descriptor 1.
    public let output: String?
    /// Properties whose contents it is given as files.
    public let inputFiles: [String]
    /// Outputs whose contents it leaves as files.
    public let outputFiles: [String]
    /// How long it may take.
    public let deadline: Duration
    /// The schema of its properties that are no contents.
    let properties: ValueSchema
    /// The schema of its outputs that are no contents.
    let outputs: ValueSchema

    /// Names of all properties that are contents.
    var contentProperties: [String] { (input.map { [$0] } ?? []) + inputFiles }
    /// Names of all outputs that are contents.
    var contentOutputs: [String] { (output.map { [$0] } ?? []) + outputFiles }

    /// As graphs know it: with contents among properties and outputs.
    public var operationType: OperationType {
        OperationType(
            type, summary: summary, properties: properties.json.adding(contentProperties),
            outputs: outputs.json.adding(contentOutputs))
    }

    init(_ json: JSON, _ reader: DescriptionReader) throws(Fault) {
        let type = try reader.text(json["type"], "type")
        guard type.isOperationType else {
            throw Fault(
                .invalid, "\(reader.source): '\(type.prefix(80))' is no kind of operation",
                fix: "write it as in replace.text.example/v1alpha1")
        }
        let place = "the operation '\(type)'"
        try reader.expect(
            json, only: ["type", "summary", "properties", "outputs", "content", "deadlineSeconds"], in: place)
        self.type = type
        summary = try reader.text(json["summary"], "summary")
        let content = json["content"] ?? [:]
        try reader.expect(content, only: ["input", "output", "inputFiles", "outputFiles"], in: "'content' of \(place)")
        input = try content["input"].map { json throws(Fault) in try reader.name(json) }
        output = try content["output"].map { json throws(Fault) in try reader.name(json) }
        inputFiles = try reader.names(content["inputFiles"])
        outputFiles = try reader.names(content["outputFiles"])
        properties = try reader.schema(json["properties"], of: "properties of \(place)")
        outputs = try reader.schema(json["outputs"], of: "outputs of \(place)")
        let seconds = json["deadlineSeconds"] ?? 600
        guard let number = seconds.int, (1...31_536_000).contains(number) else {
            throw Fault(.invalid, "\(reader.source): 'deadlineSeconds' of \(place) is no number from 1 to 31536000")
        }
        deadline = .seconds(number)
        try reader.expectDistinct(contentProperties, properties, "property", in: place)
        try reader.expectDistinct(contentOutputs, outputs, "output", in: place)
    }
}

extension JSON {
    /// The schema with contents among the members, which all must be there.
    fileprivate func adding(_ contents: [String]) -> JSON {
        var schema = self
        var members = schema["properties"]?.object ?? [:]
        for name in contents { members[name] = .fileSchema }
        schema["properties"] = .object(members)
        schema["required"] = .array((schema["required"]?.array ?? []) + contents.map { .string($0) })
        return schema
    }
}
