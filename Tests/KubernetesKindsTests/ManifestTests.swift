// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesKinds
import Testing

/// The folder with manifests of other projects, when this machine has it.
private let manifestFolder: String? = {
    let root = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
    let path = (Environment.process["SOVEREIGN_VECTORS"] ?? "/\(root)/../shared/vectors") + "/k8s"
    return FileSystem.isFolder(path) ? path : nil
}()

@Suite("Manifests of other projects", .enabled(if: manifestFolder != nil, "needs the vectors in SOVEREIGN_VECTORS"))
struct ManifestTests {
    /// Templates and overlays for other tools, which are no objects yet.
    private static let skipped = ["kustomize-testdata", "chainsaw", "mapping-with-cue", "resource-pipeline"]

    @Test("every object of a built-in kind is read without loss, and nothing is wrong with it")
    func acceptsManifests() throws {
        var kinds: Set<String> = []
        for path in try Self.files(in: try #require(manifestFolder)) {
            guard let documents = try? YAML.documents(FileSystem.read(path, limit: 1 << 22), source: path) else {
                continue
            }
            for document in documents { try check(document.root, path, &kinds) }
        }
        #expect(kinds.isSuperset(of: ["Deployment", "Secret", "Namespace", "ConfigMap"]), "\(kinds)")
    }

    private func check(_ json: JSON, _ path: String, _ kinds: inout Set<String>) throws {
        guard let apiVersion = json["apiVersion"]?.string, let name = json["kind"]?.string else { return }
        let kind = GroupVersionKind(apiVersion: apiVersion, kind: name)
        guard let builtin = BuiltinKinds.kind(kind) else { return }
        let reading: ObjectReading
        do { reading = try ObjectReading(json, as: kind) } catch {
            Issue.record("\(path): \(error.message)")
            return
        }
        #expect(reading.unknownFields.isEmpty, "\(path): \(reading.unknownFields)")
        var object = reading.object
        // The path of a request gives the namespace where the object does not, and takes it from cluster-wide ones.
        var metadata = object["metadata"] ?? [:]
        if !builtin.isNamespaced { metadata["namespace"] = nil }
        if builtin.isNamespaced && metadata["namespace"] == nil { metadata["namespace"] = "default" }
        object["metadata"] = metadata
        let filled = KindDefaults.applied(to: object, of: kind)
        let problems = KindValidation.problems(of: filled, kind)
        #expect(problems.isEmpty, "\(path): \(problems)")
        kinds.insert(name)
    }

    private static func files(in folder: String) throws -> [String] {
        try FileSystem.names(in: folder).sorted().flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            if skipped.contains(name) { return [] }
            if FileSystem.isFolder(path) { return try files(in: path) }
            return name.hasSuffix(".yaml") || name.hasSuffix(".yml") ? [path] : []
        }
    }
}
