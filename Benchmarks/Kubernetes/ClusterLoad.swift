// SPDX-License-Identifier: Apache-2.0

import Basics
import KubernetesClient
import Web

/// Requests to an API server for ConfigMaps of about 1 KB.
struct ClusterLoad: Sendable {
    /// What many requests took.
    struct Rate {
        let perSecond: Double
        /// Seconds of the server's processor time for each.
        let processor: Double
    }

    let process: ClusterProcess
    let namespace: String
    /// How many requests are under way at once.
    static let parallel = 16

    private var path: String { "/api/v1/namespaces/\(namespace)/configmaps" }
    private static let text = String(repeating: "key: a value of the settings\\n", count: 30)

    /// Sends requests, always so many at once, and waits for the last.
    func rate(_ count: Int, _ send: @escaping @Sendable (Int) async throws -> Void) async throws -> Rate {
        let next = Guarded(0)
        let (start, used) = (ContinuousClock.now, process.processor)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.parallel {
                group.addTask {
                    while true {
                        let index = next.withLock { value in
                            defer { value += 1 }
                            return value
                        }
                        guard index < count else { return }
                        try await send(index)
                    }
                }
            }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return Rate(perSecond: Double(count) / seconds, processor: (process.processor - used) / Double(count))
    }

    func makeNamespace() async throws {
        let body = "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"\(namespace)\"}}"
        try await send(.post, "/api/v1/namespaces", body)
    }

    func create(_ index: Int) async throws {
        try await send(.post, path, Self.object(index, state: 0), [("fieldManager", "bench")])
    }

    func update(_ index: Int, state: Int) async throws {
        try await send(
            .put, "\(path)/\(Self.name(index))", Self.object(index, state: state), [("fieldManager", "bench")])
    }

    func apply(_ index: Int, state: Int) async throws {
        try await send(
            .patch, "\(path)/\(Self.name(index))", Self.object(index, state: state),
            [("fieldManager", "bench-apply"), ("force", "true")], type: "application/apply-patch+yaml")
    }

    func get(_ index: Int) async throws { try await send(.get, "\(path)/\(Self.name(index))") }

    /// The bytes of a list, in pages of a size or whole; how many bytes came.
    func list(pages size: Int? = nil, accept: String = "application/json") async throws -> Int {
        var (bytes, token) = (0, "")
        repeat {
            var request = APIRequest(.get, path)
            if let size { request.query.append(("limit", "\(size)")) }
            if !token.isEmpty { request.query.append(("continue", token)) }
            (request.limit, request.accept) = (1 << 30, accept)
            let body = try await process.client.send(request).body
            bytes += body.count
            token = Self.continuation(body)
        } while !token.isEmpty
        return bytes
    }

    /// The position behind a page, which stands before its items or rows; empty behind the last.
    private static func continuation(_ body: [UInt8]) -> String {
        let head = String(decoding: body.prefix(1024), as: UTF8.self)
        let start = "\"continue\":\""
        let contents = ["\"items\"", "\"columnDefinitions\"", "\"rows\""].compactMap {
            head.firstRange(of: $0)?.lowerBound
        }
        guard let place = head.firstRange(of: start), let first = contents.min(), place.lowerBound < first else {
            return ""
        }
        return String(head[place.upperBound...].prefix { $0 != "\"" })
    }

    private static func name(_ index: Int) -> String { "settings-\(index)" }

    private static func object(_ index: Int, state: Int) -> String {
        """
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\(name(index))","labels":\
        {"app":"bench","part":"\(index % 10)"}},"data":{"settings.yaml":"\(text)","state":"\(state)"}}
        """
    }

    private func send(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil, _ query: [(String, String)] = [],
        type: String = "application/json"
    ) async throws {
        var request = APIRequest(method, path, query: query)
        request.body = body.map { (type, Array($0.utf8)) }
        _ = try await process.client.send(request)
    }

    /// Begins to watch, and counts lines until there are so many.
    ///
    /// - Parameter initial: how many events tell what is there already; `hasBegun` is called behind these.
    func watch(selector: String?, initial: Int, events: Int, hasBegun: @Sendable () -> Void) async throws {
        var request = APIRequest(.get, path, query: [("watch", "true"), ("allowWatchBookmarks", "false")])
        if let selector { request.query.append(("labelSelector", selector)) }
        let stream = try await process.client.open(request)
        var lines = 0, isWaiting = true
        while lines < initial + events {
            guard let chunk = try await stream.next() else { throw Fault(.unavailable, "a watch has ended") }
            for byte in chunk where byte == UInt8(ascii: "\n") { lines += 1 }
            if isWaiting, lines >= initial {
                isWaiting = false
                hasBegun()
            }
        }
    }

    /// The time until so many watchers have been told of so many updates, in seconds, and the server's processor time.
    func watched(by watchers: Int, updates: Int, selector: String?) async throws -> (wall: Double, processor: Double) {
        let objects = 10
        for index in 0..<objects { try await create(index) }
        let begun = Guarded(0)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<watchers {
                group.addTask {
                    try await watch(selector: selector, initial: objects, events: updates) {
                        begun.withLock { $0 += 1 }
                    }
                }
            }
            while begun.withLock({ $0 }) < watchers { try await Task.sleep(for: .milliseconds(10)) }
            let (start, used) = (ContinuousClock.now, process.processor)
            _ = try await rate(updates) { try await update($0 % objects, state: $0 + 1) }
            try await group.waitForAll()
            return ((ContinuousClock.now - start) / .seconds(1), process.processor - used)
        }
    }
}
