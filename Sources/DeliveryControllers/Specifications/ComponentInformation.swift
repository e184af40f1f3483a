// SPDX-License-Identifier: Apache-2.0

public import ComponentModel
public import Documents

/// `status.component`: a component version that was resolved.
public struct ComponentInformation: Hashable, Sendable {
    /// The component.
    public var component: String
    /// The version as it is written.
    public var version: String
    /// The repository, as a typed object.
    public var repositorySpec: JSON
    /// The digest of the normalised descriptor.
    public var digest: DigestSpecification?

    /// What was resolved.
    public init(component: String, version: String, repositorySpec: JSON, digest: DigestSpecification? = nil) {
        (self.component, self.version) = (component, version)
        (self.repositorySpec, self.digest) = (repositorySpec, digest)
    }

    /// Reads it; nil when it is not there or not whole.
    public init?(_ json: JSON?) {
        guard let component = json?["component"]?.string, let version = json?["version"]?.string,
            let specification = json?["repositorySpec"]
        else { return nil }
        let digest = try? DigestSpecification.read(json?["digest"], of: component)
        self.init(component: component, version: version, repositorySpec: specification, digest: digest)
    }

    /// As it stands in a status.
    public var json: JSON {
        var json: JSON = [
            "component": .string(component), "version": .string(version), "repositorySpec": repositorySpec,
        ]
        if let digest { json["digest"] = digest.json }
        return json
    }
}
