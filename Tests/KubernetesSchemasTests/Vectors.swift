// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import KubernetesSchemas
import Testing

/// The definitions and objects in the shared vectors of Kubernetes.
enum Vectors {
    static let folder: String? = {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = (Environment.process["SOVEREIGN_VECTORS"] ?? "/\(root)/../shared/vectors") + "/k8s"
        return FileSystem.exists(path) ? path : nil
    }()

    static let reason: Comment = "needs the shared vectors: set SOVEREIGN_VECTORS to their folder"

    /// A document and the file it is from.
    struct Document: Sendable, CustomTestStringConvertible {
        let file: String
        let root: JSON
        var testDescription: String { "\(file) \(root["metadata"]?["name"]?.string ?? "")" }
        var key: String { "\(root["apiVersion"]?.string ?? "")/\(root["kind"]?.string ?? "")" }
    }

    /// All documents of YAML files below a folder of the vectors, by their paths.
    static let documents: [Document] = {
        guard let folder else { return [] }
        var found: [Document] = []
        for file in files(below: folder) where file.hasSuffix(".yaml") || file.hasSuffix(".yml") {
            guard let bytes = try? FileSystem.read(file, limit: 4 << 20),
                let documents = try? YAML.documents(bytes, source: file)
            else { continue }
            let name = String(file.dropFirst(folder.count + 1))
            found += documents.map { Document(file: name, root: $0.root) }
        }
        return found
    }()

    private static func files(below folder: String) -> [String] {
        guard let names = try? FileSystem.names(in: folder) else { return [] }
        return names.sorted().flatMap { name in
            let path = "\(folder)/\(name)"
            return FileSystem.isFolder(path) ? files(below: path) : [path]
        }
    }

    /// The definitions of kinds.
    static let definitions = documents.filter { $0.root["kind"] == "CustomResourceDefinition" }

    /// Each object of a kind that is defined in the same part of the vectors, with its definition.
    static let samples: [(object: Document, definition: Document)] = {
        var byKind: [String: [Document]] = [:]
        for definition in definitions {
            let spec = definition.root["spec"] ?? .null
            for version in spec["versions"]?.array ?? [] {
                let group = spec["group"]?.string ?? "", name = version["name"]?.string ?? ""
                byKind["\(group)/\(name)/\(spec["names"]?["kind"]?.string ?? "")", default: []].append(definition)
            }
        }
        return documents.compactMap { object in
            let known = byKind[object.key] ?? []
            let best = known.max { common($0.file, object.file) < common($1.file, object.file) }
            return best.flatMap { common($0.file, object.file) > 0 ? (object, $0) : nil }
        }
    }()

    /// How many folders two paths share.
    private static func common(_ a: String, _ b: String) -> Int {
        zip(a.split(separator: "/").dropLast(), b.split(separator: "/").dropLast()).prefix { $0 == $1 }.count
    }
}
