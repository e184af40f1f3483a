// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents
public import Kubernetes

/// `spec` of a Replication.
public struct ReplicationSpecification: Sendable {
    /// The Component in the same namespace.
    public let componentName: String
    /// The Repository in the same namespace.
    public let targetName: String
    /// How often the target is asked; nil for when something changes.
    public let interval: Duration?

    /// Reads an object's specification; throws `.invalid` naming the field.
    public init(_ object: KubernetesObject) throws(Fault) {
        let reader = try SpecificationReader(of: object)
        componentName = try reader.member("componentRef").text("name")
        targetName = try reader.member("targetRepositoryRef").text("name")
        interval = try reader.interval("interval")
    }
}
