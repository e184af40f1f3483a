// SPDX-License-Identifier: Apache-2.0

import Basics

/// Compresses layers as tools for images do: pieces side by side, as umoci, skopeo and others do in Go, when umoci is there.
enum CompressedLayer {
    /// Compresses a tar into a file; returns what did it, nil when there is nothing.
    static func write(_ tar: String, to path: String) async throws -> String? {
        if FileSystem.exists("/usr/bin/umoci") {
            try await pack(tar, withUmociTo: path)
            return "umoci"
        }
        guard let name = ["pigz", "gzip"].first(where: { FileSystem.exists("/usr/bin/\($0)") }) else { return nil }
        try FileSystem.remove(path)
        try await run(["/bin/sh", "-c", #""$0" -n <"$1" >"$2""#, name, tar, path])
        return name
    }

    private static func pack(_ tar: String, withUmociTo path: String) async throws {
        let layout = path + ".layout"
        for words in [["init", "--layout", layout], ["new", "--image", "\(layout):a"]] {
            try await run(["/usr/bin/umoci"] + words)
        }
        try await run(["/usr/bin/umoci", "raw", "add-layer", "--image", "\(layout):a", tar])
        let folder = "\(layout)/blobs/sha256"
        let blobs = try FileSystem.names(in: folder).map { "\(folder)/\($0)" }
            .map { (path: $0, size: try SharedFile(reading: $0).size()) }
        // The others are documents of some hundred bytes.
        guard let layer = blobs.max(by: { $0.size < $1.size }) else {
            throw Fault(.internal, "umoci wrote no blob to \(layout)")
        }
        try FileSystem.rename(layer.path, to: path)
        try FileSystem.remove(layout)
    }

    private static func run(_ command: [String]) async throws {
        let result = try await ChildProcess.run(
            command, environment: .process, deadline: .seconds(600), outputLimit: 1 << 20)
        guard result.status == 0 else {
            let said = String(decoding: result.stderr.suffix(2000), as: UTF8.self)
            throw Fault(.internal, "\(command.joined(separator: " ")) ended with \(result.status): \(said)")
        }
    }
}
