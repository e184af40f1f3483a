// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Orchestration

/// The kinds of repository that operations are named for, and how their properties name one.
enum RepositoryForm: String, CaseIterable {
    /// A transport archive.
    case ctf
    /// A registry.
    case oci

    /// The properties that name a repository.
    var properties: [Property] {
        let whole = Property.optional("repository", .objectSchema, "the repository, as its specification describes it")
        switch self {
        case .ctf:
            return [.optional("filePath", .textSchema, "the path of the archive, unless `repository` is there"), whole]
        case .oci:
            return [
                .optional(
                    "baseUrl", .textSchema, "host, port and path of the registry, unless `repository` is there"),
                .optional("subPath", .textSchema, "the path in front of its component versions"), whole,
            ]
        }
    }

    /// What the properties name, as a specification of a repository; nil when they name none.
    func specification(_ properties: JSON) throws(Fault) -> JSON? {
        let names = self == .ctf ? ["filePath"] : ["baseUrl", "subPath"]
        let given = names.filter { properties[$0] ?? .null != .null }
        if let whole = properties["repository"], whole != .null {
            guard given.isEmpty else {
                throw Fault(
                    .invalid, "the repository is named twice, by 'repository' and '\(given[0])'", fix: "keep one")
            }
            return whole
        }
        guard !given.isEmpty else { return nil }
        var whole: JSON = ["type": self == .ctf ? "CommonTransportFormat/v1" : "OCIRepository/v1"]
        for name in given { whole[name] = properties[name] }
        return whole
    }

    /// What the properties name. Throws `invalid` when they name no repository.
    func required(_ properties: JSON) throws(Fault) -> JSON {
        if let whole = try specification(properties) { return whole }
        throw Fault(
            .invalid, "no repository is named",
            fix: "give '\(self == .ctf ? "filePath" : "baseUrl")', or 'repository' with its specification")
    }

    /// The properties of an example, as lines of YAML.
    var example: String {
        switch self {
        case .ctf: "filePath: ./archive"
        case .oci: "baseUrl: registry.acme.org\n  subPath: components"
        }
    }

    /// The properties of another repository of an example.
    var targetExample: String {
        switch self {
        case .ctf: "filePath: ./target"
        case .oci: "baseUrl: registry.acme.org\n  subPath: target"
        }
    }
}
