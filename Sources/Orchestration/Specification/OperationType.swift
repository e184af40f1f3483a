// SPDX-License-Identifier: Apache-2.0

public import Documents

/// A kind of operation: what it is given, what it yields, and what it does.
public struct OperationType: Sendable {
    /// What specifications call it, with its version: `downloader.component.ctf/v1alpha1`.
    public let name: String
    /// What it does, in one sentence.
    public let summary: String
    /// The JSON schema of its properties.
    public let properties: JSON
    /// The JSON schema of what it yields.
    public let outputs: JSON

    /// Describes a kind of operation.
    public init(_ name: String, summary: String, properties: JSON, outputs: JSON) {
        (self.name, self.summary, self.properties, self.outputs) = (name, summary, properties, outputs)
    }
}
