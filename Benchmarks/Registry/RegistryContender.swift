// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers

/// A registry that is measured: ours, or one that stands beside it.
struct RegistryContender: Sendable {
    let name: String
    let url: String
    /// What a client says to be let in; the others let everybody in.
    let authorization: String?
    /// Where it keeps its data; part of its command line, by which it is watched.
    let folder: TemporaryFolder
    private let program: any AnyObject & Sendable

    private static let user = "bench", password = "bench-password"

    /// Ours, with passwords checked and everything durable.
    static func site(_ program: String, in folder: String) async throws -> RegistryContender {
        let folder = try TemporaryFolder(in: folder, prefix: "site")
        let made = try await ChildProcess.run(
            [ServerProgram.find("htpasswd") ?? "htpasswd", "-Bbn", "-C", "10", user, password])
        try FileSystem.write(made.stdout, to: "\(folder.path)/htpasswd")
        let port = try ServerProgram.freePort()
        let settings = """
            root: data
            listen: 127.0.0.1:\(port)
            access: {passwords: {file: htpasswd}}
            log: {requests: none}
            """
        try FileSystem.write(Array(settings.utf8), to: "\(folder.path)/registry.yaml")
        let server = try ServerProgram(
            [program, "registry", "serve", "--config", "\(folder.path)/registry.yaml"], log: "\(folder.path)/log")
        try await server.waitUntilListening(on: port)
        return RegistryContender(
            name: "sovereign", url: "http://127.0.0.1:\(port)",
            authorization: "Basic \(Array("\(user):\(password)".utf8).base64)", folder: folder, program: server)
    }

    /// The distribution project's, open to everybody.
    static func distribution(_ program: String, in folder: String) async throws -> RegistryContender {
        let folder = try TemporaryFolder(in: folder, prefix: "distribution")
        let server = try await RegistryServer(data: "\(folder.path)/data", program: program)
        return RegistryContender(
            name: "registry", url: server.url.replacing("localhost", with: "127.0.0.1"), authorization: nil,
            folder: server.folder, program: Kept(server, folder))
    }

    /// Crane's, open to everybody and in memory alone.
    static func memory(_ program: String, in folder: String) async throws -> RegistryContender {
        let folder = try TemporaryFolder(in: folder, prefix: "memory")
        let port = try ServerProgram.freePort()
        let server = try ServerProgram(
            [program, "registry", "serve", "--address", "127.0.0.1:\(port)"], log: "\(folder.path)/log")
        try await server.waitUntilListening(on: port)
        return RegistryContender(
            name: "crane, in memory", url: "http://127.0.0.1:\(port)", authorization: nil, folder: folder,
            program: server)
    }

    /// Two things that live as long as each other.
    private final class Kept: Sendable {
        let server: RegistryServer, folder: TemporaryFolder
        init(_ server: RegistryServer, _ folder: TemporaryFolder) { (self.server, self.folder) = (server, folder) }
    }
}
