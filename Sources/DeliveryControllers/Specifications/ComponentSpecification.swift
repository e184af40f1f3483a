// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
internal import Documents
public import Kubernetes

/// `spec` of a Component.
public struct ComponentSpecification: Sendable {
    /// A signature that must verify, and where that is which it is verified with.
    public struct Verification: Hashable, Sendable {
        /// Where a key is.
        public enum Key: Hashable, Sendable {
            /// In a Secret of the same namespace.
            case secret(name: String)
            /// Here: PEM, encoded once more as Base64.
            case value(String)
        }
        /// The signature's name.
        public let signature: String
        /// Where its key is.
        public let key: Key
        /// Where it stands, for messages.
        let path: String
    }

    /// The Repository in the same namespace.
    public let repositoryName: String
    /// The component.
    public let component: ComponentName
    /// One version, or a constraint.
    public let semver: String
    /// A regular expression for versions.
    public let filter: String?
    /// Whether an older version may follow.
    public let downgradePolicy: String
    /// The signatures that must verify.
    public let verify: [Verification]
    /// How far verification reaches.
    public let scope: VerificationScope
    /// How often it is looked for another version.
    public let interval: Duration

    /// Reads an object's specification; throws `.invalid` naming the field.
    public init(_ object: KubernetesObject) throws(Fault) {
        let reader = try SpecificationReader(of: object)
        repositoryName = try reader.member("repositoryRef").text("name")
        component = try ComponentName(reader.text("component"))
        semver = try reader.text("semver")
        filter = try reader.optionalText("semverFilter")
        downgradePolicy = try reader.optionalText("downgradePolicy") ?? "Deny"
        scope = try reader.word("verificationScope", byDefault: VerificationScope.component)
        guard let interval = try reader.interval("interval") else {
            throw Fault(.invalid, "spec.interval is missing", fix: "write how often to look for a version: 10m")
        }
        self.interval = interval
        var verify: [Verification] = []
        for item in try reader.list("verify") {
            let name = try item.json["secretRef"].map { _ throws(Fault) in try item.member("secretRef").text("name") }
            let value = try item.optionalText("value")
            let key: Verification.Key
            switch (name, value) {
            case (let name?, nil): key = .secret(name: name)
            case (nil, let value?): key = .value(value)
            default:
                throw Fault(
                    .invalid, "\(item.path) has \(name == nil ? "neither secretRef nor value" : "secretRef and value")",
                    fix: "give one of them")
            }
            verify.append(Verification(signature: try item.text("signature"), key: key, path: item.path))
        }
        self.verify = verify
        guard scope == .component || !verify.isEmpty else {
            throw Fault(.invalid, "spec.verificationScope needs a signature in spec.verify", fix: "add one")
        }
    }
}

/// How far the verification of a component version reaches.
public enum VerificationScope: String, Sendable, CaseIterable {
    /// The signatures of the version itself, which pin the digests of all that it names.
    case component = "Component"
    /// The descriptors of all versions that it refers to, however indirectly, are those that are pinned.
    case references = "References"
    /// And every byte of all their resources is what its digest says.
    case contents = "Contents"
}
