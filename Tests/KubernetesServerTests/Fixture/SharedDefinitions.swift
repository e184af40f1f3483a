// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

/// Definitions of Flux, kro and OCM's controllers, of the vectors that are kept beside the repository.
enum SharedDefinitions {
    static let reason: Comment = "needs the shared vectors: set SOVEREIGN_VECTORS to their folder"
    private static let folders = ["v2/crds", "kro/crds", "flux/crds", "satellites/git-controller-crds"]
    private static let root: String = {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        return (Environment.process["SOVEREIGN_VECTORS"] ?? "/\(root)/../shared/vectors") + "/k8s"
    }()
    static var areThere: Bool { folders.allSatisfy { FileSystem.isFolder("\(root)/\($0)") } }

    /// Creates them; returns those that are served.
    static func install(_ api: TestAPI) async throws -> [JSON] {
        var definitions: [JSON] = []
        for folder in folders {
            for name in try FileSystem.names(in: "\(root)/\(folder)").sorted() where name.hasSuffix(".yaml") {
                let bytes = try FileSystem.read("\(root)/\(folder)/\(name)", limit: 8 << 20)
                for document in try YAML.documents(bytes, source: name) {
                    let json = document.root
                    guard json["kind"] == "CustomResourceDefinition" else { continue }
                    try api.must(try await api.post(Path.definitions, json))
                    definitions.append(json)
                }
            }
        }
        #expect(definitions.count >= 12)
        return definitions
    }
}
