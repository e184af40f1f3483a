// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
public import Kubernetes

/// `spec` of a Repository.
public struct RepositorySpecification: Sendable {
    /// Where the repository is, as a typed object.
    public let repositorySpec: JSON
    /// How often it is asked.
    public let interval: Duration

    /// Reads an object's specification; throws `.invalid` naming the field.
    public init(_ object: KubernetesObject) throws(Fault) {
        let reader = try SpecificationReader(of: object)
        repositorySpec = try reader.member("repositorySpec").json
        guard let interval = try reader.interval("interval") else {
            throw Fault(.invalid, "spec.interval is missing", fix: "write how often the repository is asked: 10m")
        }
        self.interval = interval
    }
}
