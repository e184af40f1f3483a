// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import OCI
import TestServers
import Web
import WebClient

/// A registry that is scripted to lie, and what it was asked.
struct ScriptedRegistry {
    static let python = ServerProgram.find("python3")
    static let blob = Array("the bytes of the blob\n".utf8)
    static let digest = Digest(of: blob)
    let folder: TemporaryFolder
    let server: ServerProgram
    let port: Int
    let other: Int

    private let authority: String?

    /// Starts it. With TLS the other origin still speaks plain HTTP.
    init(tls: Bool = false) async throws {
        (folder, port, other) = (try TemporaryFolder(), try ServerProgram.freePort(), try ServerProgram.freePort())
        let script = FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/token_registry.py")
        var arguments = [
            Self.python ?? "python3", script, "\(port)", "\(other)", "\(folder.path)/requests",
        ]
        if tls {
            try await TestCertificates.make(in: folder.path)
            arguments += ["\(folder.path)/server.pem", "\(folder.path)/server-key.pem"]
            authority = String(decoding: try FileSystem.read("\(folder.path)/ca.pem", limit: 1 << 16), as: UTF8.self)
        } else {
            authority = nil
        }
        server = try ServerProgram(arguments, log: "\(folder.path)/log")
        try await server.waitUntilListening(on: port)
    }

    static let password = RegistryCredential.basic(username: "carrier", password: "swordfish")

    /// A client that notes how long it waits instead of waiting.
    func client(_ credential: RegistryCredential? = password, waits: Guarded<[Duration]> = Guarded([])) throws
        -> RegistryClient
    {
        try client(waits: waits) { _ in credential }
    }

    func client(
        waits: Guarded<[Duration]> = Guarded([]),
        credentials: @escaping @Sendable (String) async throws -> RegistryCredential?
    ) throws -> RegistryClient {
        var settings = HTTPClientSettings()
        settings.retry.sleep = { wait in waits.withLock { $0.append(wait) } }
        var tls = TLSSettings()
        tls.certificateAuthority = authority
        let trusted = tls
        settings.tls = { _ in trusted }
        let scheme = authority == nil ? "http" : "https"
        return RegistryClient(
            origin: try HTTPURL("\(scheme)://127.0.0.1:\(port)").origin, http: HTTPClient(settings),
            credentials: credentials)
    }

    /// Reads the blob that every repository of it holds.
    func read(_ client: RegistryClient, _ repository: String) async throws -> [UInt8] {
        try await client.openBlob(Self.digest, size: Int64(Self.blob.count), in: repository).collect(limit: 1000)
    }

    /// What was asked so far: port, method, path and authorisation.
    func requests() throws -> [(port: Int64, line: String, authorization: String, body: String)] {
        let text = String(decoding: try FileSystem.read("\(folder.path)/requests", limit: 16 << 20), as: UTF8.self)
        return try text.split(separator: "\n").map { line in
            let json = try JSON(parsing: Array(line.utf8), source: "the log")
            return (
                Int64(json["port"]?.int ?? 0), "\(json["method"]?.string ?? "") \(json["path"]?.string ?? "")",
                json["authorization"]?.string ?? "", json["body"]?.string ?? ""
            )
        }
    }
}

/// The failure that `body` ends with, nil when it does not fail.
func faultOf(_ body: () async throws -> Void) async -> Fault? {
    do { try await body() } catch { return Fault(wrapping: error) }
    return nil
}
