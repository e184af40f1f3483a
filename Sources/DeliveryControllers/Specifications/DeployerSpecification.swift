// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Kubernetes

/// `spec` of a Deployer.
public struct DeployerSpecification: Sendable {
    /// The Resource whose content is applied.
    public let resource: ObjectName

    /// Reads an object's specification; throws `.invalid` naming the field. Deployers are in no namespace, so that of the
    /// Resource must be given.
    public init(_ object: KubernetesObject) throws(Fault) {
        let reference = try SpecificationReader(of: object).member("resourceRef")
        let name = try reference.text("name")
        guard let namespace = try reference.optionalText("namespace") else {
            throw Fault(
                .invalid, "spec.resourceRef.namespace is missing, and a Deployer is in no namespace itself",
                fix: "name the namespace of the Resource")
        }
        resource = ObjectName(namespace, name)
    }
}
