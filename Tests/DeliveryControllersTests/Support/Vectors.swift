// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

/// Files of the shared vectors of Kubernetes.
enum Vectors {
    static let folder: String? = {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let path = (Environment.process["SOVEREIGN_VECTORS"] ?? "/\(root)/../shared/vectors") + "/k8s"
        return FileSystem.exists(path) ? path : nil
    }()

    static let reason: Comment = "needs the shared vectors: set SOVEREIGN_VECTORS to their folder"

    static func json(_ file: String) throws -> JSON {
        let path = "\(try #require(folder))/\(file)"
        return try JSON(parsing: FileSystem.read(path, limit: 4 << 20), source: path)
    }

    /// All documents of YAML files below a folder, with their files.
    static func documents(below part: String) -> [(file: String, root: JSON)] {
        guard let folder else { return [] }
        return files(below: "\(folder)/\(part)").filter { $0.hasSuffix(".yaml") }.flatMap { file in
            let documents = (try? YAML.documents(FileSystem.read(file, limit: 4 << 20), source: file)) ?? []
            return documents.map { (String(file.dropFirst(folder.count + 1)), $0.root) }
        }
    }

    private static func files(below folder: String) -> [String] {
        guard let names = try? FileSystem.names(in: folder) else { return [] }
        return names.sorted().flatMap { name in
            let path = "\(folder)/\(name)"
            return FileSystem.isFolder(path) ? files(below: path) : [path]
        }
    }
}

/// A value written as YAML.
func yaml(_ text: String) throws -> JSON { try YAML.document(Array(text.utf8), source: "a test").root }
