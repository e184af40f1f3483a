// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import Testing

/// A folder of the shared vectors that describes a delivery: constructors, the objects that bring their components into a
/// cluster, and what these lead to.
struct ExampleFolder: Sendable, CustomTestStringConvertible {
    let path: String
    var name: String { FileSystem.lastPart(of: path) }
    var testDescription: String { name }

    /// All folders; none where the vectors are not there.
    static let all: [ExampleFolder] = {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let vectors = (Environment.process["SOVEREIGN_VECTORS"] ?? "/\(root)/../shared/vectors") + "/k8s/v2"
        return ["examples", "e2e-testdata"].flatMap { part in
            let names = (try? FileSystem.names(in: "\(vectors)/\(part)")) ?? []
            return names.sorted().map { ExampleFolder(path: "\(vectors)/\(part)/\($0)") }
        }
    }()

    static func named(_ name: String) throws -> ExampleFolder { try #require(all.first { $0.name == name }) }

    static let missing: Comment =
        "needs the shared vectors (SOVEREIGN_VECTORS) and htpasswd (apache2-utils) for registries with passwords"

    func has(_ file: String) -> Bool { FileSystem.exists("\(path)/\(file)") }
    func text(_ file: String) throws -> String {
        String(decoding: try FileSystem.read("\(path)/\(file)", limit: 1 << 20), as: UTF8.self)
    }

    /// The constructors, earlier versions first.
    var constructors: [String] {
        get throws {
            try FileSystem.names(in: path).filter { $0.hasPrefix("component-constructor") }.sorted {
                $0.count < $1.count
            }
        }
    }

    /// A copy of everything in a folder that may be written, with other addresses in the constructors and in what clients
    /// are configured with; what is delivered stays as it is.
    func copy(to folder: String, _ addresses: ExampleAddresses) throws {
        try copy(path, folder, addresses)
    }
    private func copy(_ from: String, _ target: String, _ addresses: ExampleAddresses) throws {
        if !FileSystem.exists(target) { try FileSystem.makeFolder(target) }
        for name in try FileSystem.names(in: from) {
            let (old, new) = ("\(from)/\(name)", "\(target)/\(name)")
            guard !FileSystem.isFolder(old) else {
                try copy(old, new, addresses)
                continue
            }
            var bytes = try FileSystem.read(old, limit: 1 << 20)
            if name.hasPrefix("component-constructor") || name == ".ocmconfig" {
                bytes = Array(addresses.replaced(in: String(decoding: bytes, as: UTF8.self)).utf8)
            }
            try FileSystem.write(bytes, to: new)
        }
    }
}

/// Where the places that the folders name are in a test: registries on loopback ports, and small stand-ins of what they
/// take from the Internet, under the same names and versions.
struct ExampleAddresses: Sendable {
    /// The site's registry, the two registries with passwords, and the stand-in of GitHub.
    let site: Int, first: Int, second: Int, gitHub: Int
    /// The digests of artifacts in the Internet, and of their stand-ins.
    var digests: [String: String] = [:]

    func replaced(in text: String) -> String {
        var text = text
        for host in [
            "protected-registry1-internal.default.svc.cluster.local",
            "protected-registry2-internal.default.svc.cluster.local", "ocm-e2e-image-registry", "image-registry",
        ] { text = text.replacing(host, with: "localhost") }
        for (port, own) in [
            (":5000", ":\(site)"), ("5002", "\(first)"), ("5003", "\(second)"),
            ("31002", "\(first)"), ("31003", "\(second)"),
        ] { text = text.replacing(port, with: own) }
        text = text.replacing("ghcr.io/stefanprodan/", with: "localhost:\(site)/stefanprodan/")
        text = text.replacing("https://github.com/", with: "http://localhost:\(gitHub)/")
        for (digest, own) in digests { text = text.replacing(digest, with: own) }
        return text
    }

    /// An object with other addresses, also inside of what Secrets hold.
    func replaced(in object: KubernetesObject) throws -> KubernetesObject {
        guard object.kind == "Secret", let data = object.json["data"]?.object else { return object }
        var object = object
        var changed = JSONObject()
        for (key, value) in data {
            let bytes = try #require(value.string.flatMap { [UInt8](base64: $0) }, "\(key) of \(object.name)")
            changed[key] = .string(Array(replaced(in: String(decoding: bytes, as: UTF8.self)).utf8).base64)
        }
        object.json["data"] = .object(changed)
        return object
    }
}
