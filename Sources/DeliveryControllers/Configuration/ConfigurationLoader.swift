// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes
public import Reconciling
internal import Repositories

/// Reads the configuration of an object out of the Secrets and ConfigMaps of a cluster.
public struct ConfigurationLoader: Sendable {
    private let cluster: any ClusterReading
    private let allowsForeignNamespaces: Bool

    /// The key of a configuration document.
    public static let documentKey = ".ocmconfig"
    /// The key of a Docker configuration, in Secrets of the type `kubernetes.io/dockerconfigjson`.
    public static let dockerKey = ".dockerconfigjson"

    /// A loader.
    /// - Parameter allowsForeignNamespaces: whether objects in a namespace may use Secrets of other namespaces, which those
    ///   who write the objects need not be allowed to read.
    public init(_ cluster: any ClusterReading, allowsForeignNamespaces: Bool = false) {
        (self.cluster, self.allowsForeignNamespaces) = (cluster, allowsForeignNamespaces)
    }

    /// The references that an object uses; see `EffectiveConfiguration`.
    ///
    /// - Parameter parent: the object that it refers to, whose configuration it uses when it has none of its own.
    /// - Throws: `.invalid` for references that are none, `.notFound` for an object that is not there, `.forbidden` for
    ///   one in another namespace.
    public func references(
        of object: KubernetesObject, parent: KubernetesObject?
    ) async throws -> [ConfigurationReference] {
        let own = try ConfigurationReference.list(object.json["spec"]?["ocmConfig"], path: "spec.ocmConfig")
        if let namespace = object.namespace, !allowsForeignNamespaces {
            for reference in own where reference.namespace.map({ $0 != namespace }) ?? false {
                throw Fault(
                    .forbidden, "\(reference) is in another namespace than the \(object.kind) that refers to it",
                    fix: "copy it into the namespace \(namespace)")
            }
        }
        let cluster = cluster
        return try await EffectiveConfiguration.references(
            own: own, parent: parent?.effectiveConfiguration ?? [], namespace: object.namespace
        ) { reference in
            let kind = GroupVersionKind(apiVersion: reference.apiVersion, kind: reference.kind)
            guard
                let found = try await cluster.get(kind, namespace: reference.namespace, name: reference.name)
            else { throw Self.missing(reference) }
            return found.effectiveConfiguration
        }
    }

    /// Reads and merges what the references lead to; what comes later wins.
    ///
    /// - Throws: `.notFound` for one that is not there, `.invalid` for one that holds no configuration, `.forbidden` for
    ///   one that names files of this machine.
    public func load(_ references: [ConfigurationReference]) async throws -> LoadedConfiguration {
        guard !references.isEmpty else { return .none }
        var entries: [Configuration.Entry] = []
        for reference in references {
            let kind = GroupVersionKind(apiVersion: reference.apiVersion, kind: reference.kind)
            guard let object = try await cluster.get(kind, namespace: reference.namespace, name: reference.name) else {
                throw Self.missing(reference)
            }
            entries += try Self.entries(of: object, reference)
        }
        return try LoadedConfiguration(Configuration(entries: entries))
    }

    private static func missing(_ reference: ConfigurationReference) -> Fault {
        Fault(.notFound, "\(reference) does not exist", fix: "create it, or correct spec.ocmConfig")
    }

    private static func entries(
        of object: KubernetesObject, _ reference: ConfigurationReference
    ) throws(Fault) -> [Configuration.Entry] {
        let source = "\(reference.description) (\(documentKey))"
        if let bytes = try content(documentKey, of: object) {
            return try Configuration(documents: [(bytes, source)]).entries
        }
        guard object.kind == "Secret" else {
            throw Fault(
                .invalid, "\(reference) has no key \(documentKey)", fix: "put the configuration under that key")
        }
        guard let docker = try content(dockerKey, of: object) else {
            throw Fault(
                .invalid, "\(reference) has neither \(documentKey) nor \(dockerKey)",
                fix: "put the configuration under one of these keys")
        }
        let text = String(decoding: docker, as: UTF8.self)
        return [
            Configuration.Entry(
                type: "credentials.config.ocm.software",
                json: [
                    "type": "credentials.config.ocm.software",
                    "repositories": [["repository": ["type": "DockerConfig/v1", "dockerConfig": .string(text)]]],
                ], source: "\(reference) (\(dockerKey))")
        ]
    }

    /// An entry of a Secret, of a ConfigMap's texts or of its bytes.
    static func content(_ key: String, of object: KubernetesObject) throws(Fault) -> [UInt8]? {
        let isSecret = object.kind == "Secret"
        if isSecret, let text = object.json["stringData"]?[key]?.string { return Array(text.utf8) }
        if let text = object.json["data"]?[key]?.string {
            return isSecret ? try bytes(text, key, object) : Array(text.utf8)
        }
        guard !isSecret, let text = object.json["binaryData"]?[key]?.string else { return nil }
        return try bytes(text, key, object)
    }

    private static func bytes(_ text: String, _ key: String, _ object: KubernetesObject) throws(Fault) -> [UInt8] {
        guard let bytes = [UInt8](base64: text) else {
            throw Fault(.invalid, "\(key) of the \(object.kind) \(object.objectName) is no Base64", fix: "encode it")
        }
        return bytes
    }
}
