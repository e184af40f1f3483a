// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
public import Reconciling

/// Reads the keys that a Component names.
public enum VerificationKeys {
    /// The demands of `spec.verify`, with their keys.
    ///
    /// In a Secret the key stands under the name of the signature; a Secret with one entry may call it as it likes.
    /// - Throws: `.notFound` for a Secret that is not there, `.invalid` for one without the key and for a value that is no
    ///   Base64 of PEM.
    public static func demands(
        _ verify: [ComponentSpecification.Verification], namespace: String?, in cluster: any ClusterReading
    ) async throws -> [VerificationDemand] {
        var demands: [VerificationDemand] = []
        for entry in verify {
            let (pem, source) = try await pem(entry, namespace, cluster)
            let demand = VerificationDemand(signature: entry.signature, pem: pem, source: source)
            _ = try demand.keys()
            demands.append(demand)
        }
        return demands
    }

    private static let secret = GroupVersionKind("", "v1", "Secret")

    private static func pem(
        _ entry: ComponentSpecification.Verification, _ namespace: String?, _ cluster: any ClusterReading
    ) async throws -> (pem: [UInt8], source: String) {
        switch entry.key {
        case .value(let text):
            // People encode with line breaks.
            let joined = String(text.unicodeScalars.filter { !" \n\r\t".unicodeScalars.contains($0) })
            guard let pem = [UInt8](base64: joined) else {
                throw Fault(.invalid, "\(entry.path).value is no Base64", fix: "encode the PEM text with base64 -w0")
            }
            return (pem, "\(entry.path).value")
        case .secret(let name):
            let thing = "the Secret \(ObjectName(namespace, name))"
            guard let object = try await cluster.get(secret, namespace: namespace, name: name) else {
                throw Fault(.notFound, "\(thing) does not exist", fix: "create it, or correct \(entry.path).secretRef")
            }
            if let pem = try ConfigurationLoader.content(entry.signature, of: object) {
                return (pem, "\(thing), key \(entry.signature)")
            }
            let keys = object.json["data"]?.object?.keys ?? []
            guard keys.count == 1, let pem = try ConfigurationLoader.content(keys[0], of: object) else {
                throw Fault(
                    .invalid, "\(thing) has no key “\(entry.signature)”, the name of the signature",
                    fix: keys.isEmpty ? "put the public key there" : "its keys are \(keys.joined(separator: ", "))")
            }
            return (pem, "\(thing), key \(keys[0])")
        }
    }
}
