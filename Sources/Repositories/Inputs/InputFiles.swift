// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The files a constructor may read: relative paths start at its folder, and nothing outside `root` is opened.
public struct InputFiles: Sendable {
    /// Where relative paths start: the folder of the constructor.
    public let base: String
    /// The folder that no path may leave, links resolved; by default the same.
    public let root: String

    /// Files below a constructor's folder, or below another folder that the user named.
    public init(base: String, root: String? = nil) throws(Fault) {
        self.base = base
        self.root = try FileSystem.realPath(root ?? base)
    }

    /// The path to open. Throws `.invalid` when it lies outside the root, also by way of a symbolic link.
    public func resolve(_ path: String, for thing: String) throws(Fault) -> String {
        let joined = FileSystem.join(base, path)
        let leaves = Fault(
            .invalid, "\(thing): \(path) leaves the folder \(root)",
            fix: "keep inputs below the constructor, or allow a wider folder with --input-root")
        guard let real = try? FileSystem.realPath(joined) else {
            // What lies outside is none of the constructor's business, not even whether it exists.
            let text = path.hasPrefix("/") ? path : "\(try FileSystem.realPath(base))/\(path)"
            guard contains(Self.collapsed(text)) else { throw leaves }
            throw Fault(.notFound, "\(thing): there is no file \(joined)", fix: "check “path”; it starts at \(base)")
        }
        guard contains(real) else { throw leaves }
        return real
    }

    private func contains(_ path: String) -> Bool {
        path == root || path.hasPrefix(root == "/" ? "/" : root + "/")
    }

    /// An absolute path without `.` and `..`, as far as its text tells.
    private static func collapsed(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
