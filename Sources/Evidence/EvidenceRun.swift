// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// What a run is: the first entry that it leaves.
public struct EvidenceRun: Sendable {
    /// The program and its version.
    public var program: String
    /// The command, such as `transfer component-version`.
    public var command: String
    /// Where things come from; nil when nothing is read from a repository.
    public var source: String?
    /// Where they go.
    public var targets: [String]
    /// What was asked for, by the names of the options.
    public var options: [String: String]

    /// Describes a run.
    public init(
        program: String, command: String, source: String? = nil, targets: [String] = [], options: [String: String] = [:]
    ) {
        (self.program, self.command, self.source) = (program, command, source)
        (self.targets, self.options) = (targets, options)
    }

    var event: EvidenceEvent {
        var data: JSONObject = [
            "format": .string(EvidenceEntry.format), "program": .string(program), "command": .string(command),
            "targets": .array(targets.map { .string($0) }),
            "options": .object(
                JSONObject(options.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        ]
        if let source { data["source"] = .string(source) }
        return EvidenceEvent(.opened, data)
    }
}
