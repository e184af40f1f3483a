// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

/// The vectors shared between repositories; a checkout may be without them.
enum SharedVectors {
    static let folder: String = {
        if let folder = Environment.process["SOVEREIGN_VECTORS"] { return folder }
        let root = (0..<3).reduce(#filePath) { path, _ in FileSystem.folder(of: path) }
        return FileSystem.join(root, "../shared/vectors")
    }()

    static let arePresent = FileSystem.isFolder(FileSystem.join(folder, "ocm/sign/generated-rsa"))
    static let reason: Comment = "needs the shared vectors: set SOVEREIGN_VECTORS to their folder"

    static func read(_ path: String) throws -> [UInt8] {
        try FileSystem.read(FileSystem.join(folder, "ocm/sign/\(path)"), limit: 1 << 20)
    }

    static func hex(_ path: String) throws -> [UInt8] {
        try #require([UInt8](hex: String(decoding: read(path), as: UTF8.self).trimmed))
    }
}
