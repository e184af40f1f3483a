// SPDX-License-Identifier: Apache-2.0

import Basics
import Kubernetes
import Testing

@testable import KubernetesStore

@Suite("Values sealed with a key file") struct KeyFileSealingTests {
    static func key(_ group: String, _ resource: String, _ namespace: String?, _ name: String) -> ObjectKey {
        ObjectKey(GroupResource(group: group, resource: resource), ObjectName(namespace, name))
    }
    static let secret = key("", "secrets", "ns", "name")

    static func made(_ folder: TemporaryFolder) throws -> KeyFileSealing {
        try KeyFileSealing("\(folder.path)/keys", isMade: true)
    }

    @Test("open in their place alone") func places() throws {
        let folder = try TemporaryFolder()
        let sealing = try Self.made(folder)
        let sealed = try sealing.seal([1, 2, 3], for: Self.secret)
        #expect(try sealing.open(sealed, for: Self.secret) == [1, 2, 3])
        for other in [
            Self.key("x", "secrets", "ns", "name"), Self.key("", "secret", "sns", "name"),
            Self.key("", "secrets", "n", "sname"), Self.key("", "secrets", "nsname", ""),
            Self.key("", "secrets", nil, "name"), Self.key("", "secrets", "ns", "name2"),
            Self.key("", "configmaps", "ns", "name"), Self.key("", "secrets", "ns2", "name"),
            Self.key("secrets", "", "ns", "name"), Self.key("", "secrets", "", "nsname"),
        ] {
            #expect(throws: Fault.self, "\(other)") { try sealing.open(sealed, for: other) }
        }
    }

    @Test("open in no changed form: every byte, every length, another key") func tampering() throws {
        let folder = try TemporaryFolder(), other = try TemporaryFolder()
        let sealing = try Self.made(folder)
        let sealed = try sealing.seal(Array("a secret".utf8), for: Self.secret)
        func isRefused(_ bytes: [UInt8]) -> Bool {
            do throws(Fault) { _ = try sealing.open(bytes, for: Self.secret) } catch { return error.code == .corrupt }
            return false
        }
        for index in sealed.indices {
            for bit: UInt8 in [1, 0x80] {
                var changed = sealed
                changed[index] ^= bit
                #expect(isRefused(changed), "byte \(index)")
            }
            #expect(isRefused(Array(sealed.prefix(index))))
        }
        #expect(isRefused(sealed + [0]) && isRefused([]))
        let foreign = try Self.made(other).seal(Array("a secret".utf8), for: Self.secret)
        #expect(isRefused(foreign))
        // The name of our key before what another sealed.
        #expect(isRefused(Array(sealed.prefix(9)) + foreign.dropFirst(9)))
    }

    @Test("a key file is for its owner, and is never made silently anew") func file() throws {
        let folder = try TemporaryFolder(), path = "\(folder.path)/keys"
        #expect(throws: Fault.self) { try KeyFileSealing(path) }
        let first = try KeyFileSealing(path, isMade: true)
        #expect(FileMark(path)?.permissions == 0o600)
        #expect(try KeyFileSealing(path, isMade: true).keyIDs == first.keyIDs)
        #expect(throws: Fault.self) { try SealingKeyFile.make(path) }
        let text = String(decoding: try FileSystem.read(path, limit: 4096), as: UTF8.self)
        var shown = ""
        dump(first, to: &shown)
        #expect(!shown.contains(text.dropFirst(10).prefix(20)) && !"\(first)".contains(text.dropFirst(10).prefix(20)))
        try FileSystem.setMode(path, 0o640)
        #expect(throws: Fault.self) { try KeyFileSealing(path, isMade: true) }
        try FileSystem.setMode(path, 0o600)
        for bad in [
            "", "\n", "# nothing\n", "aes256gcm AAAA\n", "other \(text)", text + text, text + "x\n", "aes256gcm\n",
        ] {
            try SecretFile.replace(path, Array(bad.utf8))
            #expect(throws: Fault.self, "\(bad.prefix(12))") { try KeyFileSealing(path, isMade: true) }
        }
        try SecretFile.replace(path, Array("# kept\n\n\(text)".utf8))
        #expect(try KeyFileSealing(path).keyIDs == first.keyIDs)
    }

    @Test("the first key seals, all of them open, and a dropped one does not") func rotation() throws {
        let folder = try TemporaryFolder(), path = "\(folder.path)/keys"
        let old = try KeyFileSealing(path, isMade: true)
        let sealed = try old.seal([1], for: Self.secret)
        try SealingKeyFile.addKey(path)
        let both = try KeyFileSealing(path)
        #expect(both.keyIDs.count == 2 && both.keyIDs[1] == old.keyIDs[0])
        #expect(try both.open(sealed, for: Self.secret) == [1])
        let anew = try both.seal([1], for: Self.secret)
        #expect(!both.isCurrent(sealed) && both.isCurrent(anew) && old.isCurrent(sealed))
        #expect(throws: Fault.self) { try old.open(anew, for: Self.secret) }
        try SealingKeyFile.dropOldKeys(path)
        let new = try KeyFileSealing(path)
        #expect(try new.open(anew, for: Self.secret) == [1])
        #expect(throws: Fault.self) { try new.open(sealed, for: Self.secret) }
        for _ in 1..<SealingKeyFile.countLimit { try SealingKeyFile.addKey(path) }
        #expect(throws: Fault.self) { try SealingKeyFile.addKey(path) }
    }

    @Test("are sealed anew while the store is used, with its history, and need no old key then") func rewrap()
        async throws
    {
        let folder = try TemporaryFolder(), path = "\(folder.path)/keys", secrets = Self.secret.resource
        func store(_ sealing: KeyFileSealing?) throws -> ObjectStore {
            var settings = ObjectStore.Settings()
            settings.sealing = sealing
            return try ObjectStore("\(folder.path)/objects.sqlite", settings)
        }
        func key(_ number: Int, _ resource: GroupResource = secrets) -> ObjectKey {
            ObjectKey(resource, ObjectName(number % 2 == 0 ? "ns" : nil, "s\(number)"))
        }
        // Begins without sealing.
        var open = try store(nil)
        for number in 0..<150 {
            _ = try await open.put(key(number), ObjectStoreTests.object(key(number), 700_000 + number), if: .absent)
        }
        _ = try await open.put(key(0, ObjectStoreTests.maps), ObjectStoreTests.object(key(0), 900_001), if: .absent)
        await open.close()
        let first = try KeyFileSealing(path, isMade: true)
        open = try store(first)
        #expect(try await open.rewrap() == 300)
        #expect(try await open.rewrap() == 0)
        _ = try await open.remove(key(3), if: .revision(4))
        await open.close()
        let bytes = try FileSystem.read("\(folder.path)/objects.sqlite", limit: 64 << 20)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("7000") && text.contains("900001"))
        // Another key, with somebody who writes meanwhile.
        try SealingKeyFile.addKey(path)
        let busy = try store(try KeyFileSealing(path))
        async let writes: Void = {
            for number in 150..<250 {
                _ = try await busy.put(key(number), ObjectStoreTests.object(key(number), 700_000 + number), if: .absent)
                if number < 210, number % 3 == 0 {
                    _ = try await busy.remove(key(number - 60), if: .revision(Int64(number - 59)))
                }
            }
        }()
        #expect(try await busy.rewrap() > 0)
        try await writes
        await busy.close()
        try SealingKeyFile.dropOldKeys(path)
        open = try store(try KeyFileSealing(path))
        #expect(try await open.rewrap() == 0)
        for number in 0..<250 {
            let isGone = number == 3 || (90..<150).contains(number) && number % 3 == 0
            #expect(try ObjectStoreTests.value(open.object(key(number))) == (isGone ? nil : 700_000 + number))
        }
        var cursor = open.changes(of: secrets, after: 0), count = 0
        while count < 271 { count += try #require(try await cursor.next()).count }
        #expect(open.revision == 272)
        await open.close()
    }
}
