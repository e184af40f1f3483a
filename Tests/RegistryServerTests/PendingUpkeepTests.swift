// SPDX-License-Identifier: Apache-2.0

import AccessControl
import Basics
import Cryptography
import Documents
import Registry
import RegistryServer
import Telemetry
import TestServers
import Testing
import WebServer

@Suite("The upkeep of a registry that is served") struct PendingUpkeepTests {
    @Test("pending tags that have waited too long are removed, and the log has each of them") func expiry() async throws
    {
        let folder = try TemporaryFolder(prefix: "upkeep")
        var configuration = RegistryConfiguration()
        configuration.listen = try ListenAddress("127.0.0.1:0")
        configuration.limits.pendingAge = 1
        configuration.limits.freeSpaceFloor = 0
        configuration.upkeep.pendingInterval = .milliseconds(10)
        let registry = try RegistryFolder("\(folder.path)/data", limits: configuration.limits)
        let name = try RepositoryName("acme/images")
        let config = Array("{}".utf8)
        let session = try registry.beginUpload(in: name, by: "alice")
        _ = try await registry.append(ByteStream(config), to: session)
        try await registry.commit(session, as: Digest(of: config), by: "alice")
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": ["mediaType": "text/plain", "digest": .string("\(Digest(of: config))"), "size": 2], "layers": [],
        ]
        let pushed = try await registry.putManifest(
            manifest.encoded(), mediaType: nil, in: name, as: .tag("v1"), by: "alice", isPending: true)
        let writer = LogWriter(try FileHandle(creating: "\(folder.path)/log"))
        let access = try RegistryAccess(configuration.access) { _ throws(Fault) in
            throw Fault(.internal, "no keys are fetched here")
        }
        let host = try RegistryHost(registry, access: access, configuration, log: Log(writer))
        try await eventually("the tag is gone") { try registry.tagEntries(in: name).isEmpty }
        #expect(try registry.hasManifest(pushed.digest, in: name))
        await host.stop(deadline: .zero)
        #expect(await writer.flush(atMost: .seconds(30)))
        let lines = String(decoding: try FileSystem.read("\(folder.path)/log", limit: 1 << 20), as: UTF8.self)
            .split(separator: "\n").filter { $0.contains("a pending tag was removed") }
        #expect(lines.count == 1)
        for part in ["acme/images", "v1", "\(pushed.digest)", "alice"] {
            #expect(lines.first?.contains(part) ?? false, "\(part)")
        }
    }
}
