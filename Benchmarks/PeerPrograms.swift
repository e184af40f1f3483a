// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import TestServers

/// The programs of others that run beside ours, each from the folder that was named or else as it is installed.
struct PeerPrograms: Sendable {
    /// What is looked for, under this name.
    enum Name: String { case skopeo, oras, crane, ocm, registry }

    private let folder: String?

    init(in folder: String?) throws {
        if let folder, !FileSystem.exists(folder) { throw UsageError("--peers: there is no folder \(folder)") }
        self.folder = folder
    }

    /// Where a program is; nil when there is none.
    subscript(name: Name) -> String? {
        if let path = folder.map({ FileSystem.join($0, name.rawValue) }), FileSystem.exists(path) { return path }
        return switch name {
        case .registry: ServerProgram.find("docker-registry")
        // What is installed under this name may be ours.
        case .ocm: nil
        default: ServerProgram.find(name.rawValue)
        }
    }

    /// Why a program does not stand beside ours; nil when it does.
    func absence(of name: Name) -> String? {
        guard self[name] == nil else { return nil }
        return folder.map { "there is no \(name.rawValue) in \($0), and none is installed" }
            ?? "no \(name.rawValue) is installed, and --peers names no folder"
    }
}
