// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import KubernetesServer
import KubernetesStore
import Testing
import Web
import WebClient
import WebServer

@Suite("A server that ends", .timeLimit(.minutes(2))) struct EndingTests {
    private static func start(_ folder: TemporaryFolder, grace: Duration = .seconds(30)) async throws
        -> KubernetesServer
    {
        var settings = KubernetesServer.Settings()
        (settings.isOpen, settings.listening.port, settings.grace) = (true, 0, grace)
        return try await KubernetesServer(folder: folder.path, settings)
    }

    /// What one writer was told.
    private struct Told: Sendable {
        var acknowledged: [String: String] = [:]
        var refused = 0
        var problems: [String] = []
        /// The last write had no answer.
        var unknown: String?
    }

    private static func send(
        _ client: HTTPClient, _ method: HTTPMethod, _ url: String, _ json: JSON? = nil
    ) async throws -> Reply {
        var request = HTTPRequest(method: method, url: try HTTPURL(url))
        if let json {
            request.headers["Content-Type"] = "application/json"
            request.body = .bytes(json.encoded())
        }
        return try await client.send(request, retry: false) { response in
            Reply(
                code: response.status, headers: response.headers,
                bytes: try await response.body.collect(limit: 64 << 20))
        }
    }

    /// Creates maps until the server takes no more.
    private static func write(_ number: Int, _ url: String, _ progress: Guarded<Int>) async -> Told {
        var told = Told()
        let client = HTTPClient()
        for index in 0... {
            let name = "w\(number)-\(index)"
            do {
                let reply = try await send(client, .post, "\(url)\(Path.maps)", Make.map(name, ["k": "v"]))
                switch reply.code {
                case 201:
                    told.acknowledged[name] = reply["metadata.resourceVersion"]?.string ?? ""
                    progress.withLock { $0 += 1 }
                case 503:
                    told.refused += 1
                    if reply.headers["Retry-After"] == nil { told.problems.append("503 without Retry-After") }
                default: told.problems.append("\(reply.code): \(reply.text.prefix(300))")
                }
            } catch {
                told.unknown = name
                return told
            }
        }
        return told
    }

    @Test(
        "in the middle of writes answers those that it has begun, and none of them is lost", arguments: [false, true])
    func writes(isCancelled: Bool) async throws {
        let folder = try TemporaryFolder(prefix: "ending")
        let server = try await Self.start(folder)
        let (url, progress) = (server.url, Guarded(0))
        let watcher = HTTPClient()
        var request = HTTPRequest(method: .get, url: try HTTPURL("\(url)\(Path.maps)?watch=true"))
        request.headers["Accept"] = "application/json"
        let watch = WatchReading(try await watcher.open(request, retry: false))
        async let watched = watch.all()
        let writers = (0..<12).map { number in Task { await Self.write(number, url, progress) } }
        while progress.withLock({ $0 }) < 60 { try await Task.sleep(for: .milliseconds(5)) }
        let stopping = Task { await server.stop() }
        // A signal cancels the command, and the command ends its server.
        if isCancelled { stopping.cancel() }
        await stopping.value
        var told: [Told] = []
        for writer in writers { told.append(await writer.value) }
        #expect(told.flatMap(\.problems) == [])
        // The watch has its last chunk: it ends, and does not break off.
        let events = try await watched
        #expect(events.allSatisfy { $0.type == "ADDED" } && !events.isEmpty)
        let store = try ObjectStore("\(folder.path)/objects.db")
        await store.close()
        let again = try await Self.start(folder)
        let list = try await Self.send(HTTPClient(), .get, "\(again.url)\(Path.maps)")
        var stored: [String: String] = [:]
        for item in list["items"]?.array ?? [] {
            stored[item[path: "metadata.name"]?.string ?? ""] = item[path: "metadata.resourceVersion"]?.string
        }
        for one in told { for (name, revision) in one.acknowledged { #expect(stored[name] == revision, "\(name)") } }
        // Nothing is there that was refused: what was not acknowledged is the one write of each that had no answer.
        let known = Set(told.flatMap { Array($0.acknowledged.keys) + [$0.unknown].compactMap { $0 } })
        #expect(Set(stored.keys.filter { $0.hasPrefix("w") }).subtracting(known) == [])
        await again.stop()
    }

    @Test("does not wait for a client that takes nothing", arguments: ["watch=true", "limit=0"])
    func stuck(_ query: String) async throws {
        let folder = try TemporaryFolder(prefix: "ending")
        let server = try await Self.start(folder, grace: .milliseconds(500))
        let client = HTTPClient()
        let text = String(repeating: "x", count: 900_000)
        for index in 0..<24 {
            let reply = try await Self.send(
                client, .post, "\(server.url)\(Path.maps)", Make.map("m\(index)", ["k": .string(text)]))
            #expect(reply.code == 201)
        }
        let request = HTTPRequest(method: .get, url: try HTTPURL("\(server.url)\(Path.maps)?\(query)"))
        let open = try await client.open(request, retry: false)
        #expect(open.status == 200)
        await server.stop()
        // The answer breaks off; it does not seem to be whole.
        await #expect(throws: (any Error).self) {
            var iterator = open.body.makeAsyncIterator()
            while try await iterator.next() != nil {}
        }
        let store = try ObjectStore("\(folder.path)/objects.db")
        await store.close()
    }

    @Test("ends watches by the end of their answers, and says how many run") func watches() async throws {
        let folder = try TemporaryFolder(prefix: "ending")
        let server = try await Self.start(folder)
        var readings: [WatchReading] = []
        for kind in [Path.maps, Path.pods, Path.deployments] {
            let request = HTTPRequest(method: .get, url: try HTTPURL("\(server.url)\(kind)?watch=true"))
            readings.append(WatchReading(try await HTTPClient().open(request, retry: false)))
        }
        let metrics = try await Self.send(HTTPClient(), .get, "\(server.url)/metrics")
        #expect(metrics.text.contains("sovereign_api_watches 3\n"), "\(metrics.text)")
        async let stopped: Void = server.stop()
        for reading in readings { #expect(try await reading.all().allSatisfy { $0.type == "ADDED" }) }
        await stopped
    }

    @Test("a server that could not listen leaves its folder to the next one") func unlucky() async throws {
        let folder = try TemporaryFolder(prefix: "unlucky")
        let other = try HTTPServer(ServerSettings()) { _ in ServerResponse(status: 204) }
        var settings = KubernetesServer.Settings()
        (settings.isOpen, settings.listening.port) = (true, other.port)
        let fault = await #expect(throws: Fault.self) {
            _ = try await KubernetesServer(folder: folder.path, settings)
        }
        #expect(fault?.code == .conflict)
        await other.stop(deadline: .zero)
        let server = try await Self.start(folder)
        await server.stop()
    }
}
