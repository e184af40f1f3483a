// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing
import Tokens

@testable import AccessControl

@Suite("Signing keys") struct SigningKeysTests {
    let folder: TemporaryFolder
    var path: String { "\(folder.path)/keys" }

    init() throws { folder = try TemporaryFolder(prefix: "keys") }

    @Test("a key is made once, for its owner alone, of each kind", arguments: SigningKeys.Kind.allCases)
    func made(_ kind: SigningKeys.Kind) throws {
        let keys = try SigningKeys(folder: path, kind: kind)
        #expect(try FileSystem.entry(at: path)?.mode == 0o700)
        #expect(try FileSystem.entry(at: "\(path)/current.pem")?.mode == 0o600)
        #expect(keys.keySet.keys.map(\.algorithm.rawValue) == [kind.rawValue])
        #expect(try SigningKeys(folder: path, kind: kind).keySet == keys.keySet)
        #expect(try FileSystem.names(in: path) == ["current.pem"])
    }

    @Test("a new key takes over and the one before it still checks, also in another process")
    func rotated() throws {
        let keys = try SigningKeys(folder: path), other = try SigningKeys(folder: path)
        let first = keys.signer.webKey.keyID
        try keys.rotate()
        #expect(keys.signer.webKey.keyID != first)
        #expect(keys.keySet.keys.map(\.keyID) == [keys.signer.webKey.keyID, first])
        #expect(try FileSystem.entry(at: "\(path)/previous.pem")?.mode == 0o600)
        try other.reload()
        #expect(other.keySet == keys.keySet)
        #expect(try FileSystem.names(in: path) == ["current.pem", "previous.pem"])
    }

    @Test("a key that others may read is refused", arguments: [0o640, 0o604, 0o644, 0o660] as [UInt32])
    func readable(_ mode: UInt32) throws {
        _ = try SigningKeys(folder: path)
        try FileSystem.setMode("\(path)/current.pem", mode)
        do throws(Fault) {
            _ = try SigningKeys(folder: path)
            Issue.record("it was taken")
        } catch {
            #expect(error.code == .forbidden && error.fix == "chmod 600 \(path)/current.pem")
        }
    }

    @Test("a key that is damaged is not replaced by a new one")
    func damaged() throws {
        _ = try SigningKeys(folder: path)
        let file = try AtomicFile("\(path)/current.pem", mode: 0o600)
        try file.write(Array("-----BEGIN".utf8)[...])
        try file.commit(durably: false)
        #expect(throws: Fault.self) { try SigningKeys(folder: path) }
    }

    @Test("nothing shows a private key")
    func descriptions() throws {
        let keys = try SigningKeys(folder: path)
        var dumped = "\(keys) \(keys.signer)"
        dump(keys, to: &dumped)
        dump(keys.signer, to: &dumped)
        let pem = String(decoding: try FileSystem.read("\(path)/current.pem", limit: 4096), as: UTF8.self)
        #expect(!dumped.contains("PRIVATE") && !dumped.contains(pem.split(separator: "\n")[1]))
    }
}
