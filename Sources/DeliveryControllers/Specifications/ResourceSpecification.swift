// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
public import Kubernetes

/// `spec` of a Resource.
public struct ResourceSpecification: Sendable {
    /// Whether the digest of the resource is verified.
    public enum VerificationPolicy: String, Sendable, CaseIterable {
        /// It is, or the resource is refused.
        case always = "Always"
        /// It is not.
        case never = "Never"
    }

    /// The Component in the same namespace.
    public let componentName: String
    /// The identity of the resource.
    public let resource: [String: String]
    /// The identities of the references that lead to it.
    public let referencePath: [[String: String]]
    /// Whether its digest is verified.
    public let verificationPolicy: VerificationPolicy
    /// Expressions, in objects of any depth.
    public let additionalStatusFields: JSONObject
    /// How often it is looked at; nil for when something changes.
    public let interval: Duration?

    /// Reads an object's specification; throws `.invalid` naming the field.
    ///
    /// The component is in the object's own namespace; another one is refused, since whoever may write here need not be
    /// allowed to read there.
    public init(_ object: KubernetesObject) throws(Fault) {
        let reader = try SpecificationReader(of: object)
        let component = try reader.member("componentRef")
        componentName = try component.text("name")
        if let namespace = try component.optionalText("namespace"), namespace != object.namespace {
            throw Fault(
                .invalid, "\(component.path).namespace is “\(namespace.prefix(63))”, and not that of the Resource",
                fix: "create the Resource in the namespace of its Component")
        }
        let reference = try reader.member("resource").member("byReference")
        resource = try reference.member("resource").texts()
        guard resource["name"]?.isEmpty == false else {
            throw Fault(.invalid, "spec.resource.byReference.resource has no name", fix: "name the resource")
        }
        var path: [[String: String]] = []
        for step in try reference.list("referencePath") { path.append(try step.texts()) }
        referencePath = path
        verificationPolicy = try reader.word("verificationPolicy", byDefault: VerificationPolicy.always)
        let fields = reader.json["additionalStatusFields"] ?? .null
        guard fields == .null || fields.object != nil else {
            throw Fault(.invalid, "spec.additionalStatusFields is a \(fields.kindName), not an object")
        }
        additionalStatusFields = fields.object ?? JSONObject()
        interval = try reader.interval("interval")
    }
}
