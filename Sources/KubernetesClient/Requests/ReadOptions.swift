// SPDX-License-Identifier: Apache-2.0

public import Kubernetes

/// How much of objects is wanted.
public enum ObjectForm: Sendable, Hashable {
    /// All of it.
    case whole
    /// `kind: PartialObjectMetadata`, with only the metadata.
    case metadata
}

/// How a version that is named in a list request is meant.
public enum VersionMatch: String, Sendable {
    /// The state at that very version.
    case exact = "Exact"
    /// The state at that version or a later one.
    case notOlderThan = "NotOlderThan"
}

/// Which objects of a resource are listed, and how.
public struct ListOptions: Sendable {
    /// Those with these labels.
    public var labels = LabelSelector.everything
    /// Those with these fields.
    public var fields = FieldSelector.everything
    /// The most objects of a page; nil leaves it to the server.
    public var limit: Int? = 500
    /// Where to go on, from the page before.
    public var continueToken: String?
    /// The version whose state is wanted; nil for the present.
    public var resourceVersion: String?
    /// How that version is meant.
    public var match: VersionMatch?
    /// How much of each.
    public var form = ObjectForm.whole

    /// All objects, in pages.
    public init(labels: LabelSelector = .everything, fields: FieldSelector = .everything) {
        (self.labels, self.fields) = (labels, fields)
    }
}

/// One answer to a list request.
public struct ObjectList: Sendable {
    /// The objects; each has `apiVersion` and `kind`, also when the server leaves them out.
    public let objects: [KubernetesObject]
    /// The version whose state it shows; a watch goes on from it.
    public let resourceVersion: String
    /// Where the next page begins; nil when this is the last.
    public let continueToken: String?
    /// How many objects follow, when the server knows.
    public let remaining: Int64?
}
