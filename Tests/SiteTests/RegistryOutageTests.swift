// SPDX-License-Identifier: Apache-2.0

import Basics
import DeliveryControllers
import RegistryServer
import Telemetry
import TestServers
import TestSite
import Testing
import WebServer

@Suite("A site whose source cannot be reached") struct RegistryOutageTests {
    private func registry(_ folder: String, _ port: Int) async throws -> RegistryHost {
        try await RegistryHost.open(
            folder, access: RunningSite.openAccess(), RunningSite.configuration(port), log: .none, tracer: .off)
    }

    /// A server in the registry's place that has no answers; counts how often it is asked.
    private func fault(_ port: Int, _ count: Guarded<Int>) throws -> HTTPServer {
        var settings = ServerSettings()
        (settings.address, settings.port) = ("127.0.0.1", port)
        return try HTTPServer(settings) { _ in
            count.withLock { $0 += 1 }
            return .error(503, "out of order")
        }
    }

    @Test("waits with few questions, keeps what it has, and goes on when the source is back")
    func outage() async throws {
        let site = try await RunningSite()
        let folder = try TemporaryFolder(prefix: "source"), port = try ServerProgram.freePort()
        let source = "http://localhost:\(port)/acme"
        var running = try await registry("\(folder.path)/data", port)
        try await SignedRelease(version: "1.0.0").push(to: source)
        // Looked at every second: without a memory of failures that would be many questions.
        try await site.follow(source, interval: "1s")
        try await site.eventually(deployed: "1.0.0")
        await running.stop(deadline: .seconds(1))
        let count = Guarded(0)
        let broken = try fault(port, count)
        try await site.eventually("the outage is told") { site in
            RunningSite.ready(try await site.object(.component, "app")).hasPrefix("False")
        }
        let before = count.withLock { $0 }
        try await Task.sleep(for: .seconds(8))
        let during = count.withLock { $0 } - before
        // Waits double from one second on, for each of two objects that ask; an interval of a second would be 16 questions
        // and their retries.
        #expect(during <= 40, "\(during) requests in 8 seconds, \(before) before")
        #expect(try await site.deployed() == "1.0.0")
        await broken.stop()
        running = try await registry("\(folder.path)/data", port)
        try await SignedRelease(version: "1.1.0").push(to: source)
        try await site.eventually(deployed: "1.1.0", within: .seconds(120))
        await running.stop(deadline: .seconds(1))
        await site.stop()
    }
}
