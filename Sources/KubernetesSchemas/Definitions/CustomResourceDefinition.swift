// SPDX-License-Identifier: Apache-2.0

public import Documents
internal import Kubernetes

/// A CustomResourceDefinition (`apiextensions.k8s.io/v1`) that was checked: what a server needs to serve its kind.
public struct CustomResourceDefinition: Sendable {
    /// What the kind is called.
    public struct Names: Hashable, Sendable {
        /// `repositories`.
        public let plural: String
        /// `repository`.
        public let singular: String
        /// `Repository`.
        public let kind: String
        /// `RepositoryList`.
        public let listKind: String
        /// Further names for command lines.
        public let shortNames: [String]
        /// The groups of kinds it belongs to, such as `all`.
        public let categories: [String]
    }

    /// A version of the kind.
    public struct Version: Sendable {
        /// `v1alpha1`.
        public let name: String
        /// Whether it can be asked for.
        public let isServed: Bool
        /// Whether objects are stored in it.
        public let isStorage: Bool
        /// What clients of this version are told; nil when it is not deprecated.
        public let deprecationWarning: String?
        /// What its objects are.
        public let schema: StructuralSchema
        /// Whether the status is a subresource.
        public let hasStatus: Bool
        /// Where the numbers of the scale subresource are; nil when there is none.
        public let scale: ScalePaths?
        /// The columns of tables.
        public let columns: PrinterColumns
        /// The fields that field selectors may name, beside those of all kinds.
        public let selectableFields: [SelectableField]
    }

    /// `repositories.delivery.ocm.software`.
    public let name: String
    /// `delivery.ocm.software`.
    public let group: String
    /// What the kind is called.
    public let names: Names
    /// Whether objects are in namespaces.
    public let isNamespaced: Bool
    /// The versions in their order; one of them is that of storage.
    public let versions: [Version]

    /// The version in which objects are stored.
    public var storageVersion: Version { versions.first(where: \.isStorage) ?? versions[0] }

    /// The version with a name.
    public func version(_ name: String) -> Version? { versions.first { $0.name == name } }

    /// How a definition is checked.
    public struct Options: Sendable {
        /// Whether versions may be converted by a webhook; else only the strategy `None` is accepted.
        public var acceptsWebhooks = false
        /// How much of a schema is accepted.
        public var limits = SchemaSizeLimits()

        /// The options above.
        public init() {}
    }

    /// Checks a definition.
    ///
    /// - Parameters:
    ///   - json: the object, with its defaults; see `defaulted`.
    ///   - old: the stored object that it replaces, of which group and plural never change, kind and scope not once
    ///     its names were accepted.
    /// - Throws: everything that is wrong with it, in the words of the API server.
    public init(_ json: JSON, replacing old: JSON? = nil, options: Options = Options()) throws(FieldErrors) {
        var check = DefinitionCheck(json, options)
        let versions = check.run(replacing: old)
        guard check.errors.isEmpty else { throw FieldErrors(check.errors) }
        let spec = json["spec"] ?? .null, given = spec["names"] ?? .null
        name = json["metadata"]?["name"]?.string ?? ""
        group = spec["group"]?.string ?? ""
        isNamespaced = spec["scope"] == "Namespaced"
        names = Names(
            plural: given["plural"]?.string ?? "", singular: given["singular"]?.string ?? "",
            kind: given["kind"]?.string ?? "", listKind: given["listKind"]?.string ?? "",
            shortNames: given["shortNames"]?.array?.compactMap(\.string) ?? [],
            categories: given["categories"]?.array?.compactMap(\.string) ?? [])
        self.versions = versions
    }

    /// A definition with what the API server adds: singular and list kind, the strategy of conversion, the first stored
    /// version.
    public static func defaulted(_ json: JSON) -> JSON {
        guard var spec = json["spec"], spec.object != nil else { return json }
        var result = json
        if let kind = spec["names"]?["kind"]?.string, !kind.isEmpty {
            if spec["names"]?["singular"]?.string?.isEmpty ?? true {
                spec["names"]?["singular"] = .string(kind.lowercased())
            }
            if spec["names"]?["listKind"]?.string?.isEmpty ?? true {
                spec["names"]?["listKind"] = .string("\(kind)List")
            }
        }
        if spec["conversion"] == nil || spec["conversion"] == .null { spec["conversion"] = ["strategy": "None"] }
        if result["status"]?["storedVersions"]?.array?.isEmpty ?? true,
            let stored = spec["versions"]?.array?.first(where: { $0["storage"] == true })?["name"]
        {
            var status = result["status"] ?? [:]
            status["storedVersions"] = .array([stored])
            result["status"] = status
        }
        result["spec"] = spec
        return result
    }
}
