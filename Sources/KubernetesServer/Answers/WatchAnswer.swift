// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesStore
internal import Web
internal import WebServer

/// The answer to a watch: one line of JSON for each change that the client is to hear of.
enum WatchAnswer {
    static func make(
        _ api: KubernetesAPI, _ resource: ServedResource, namespace: String?, _ options: ListOptions,
        _ writing: ObjectWriting
    ) throws -> ServerResponse {
        if let revision = options.revision, revision > api.store.revision {
            throw KubernetesAPI.tooNew(revision, api.store.revision)
        }
        let events = WatchEvents(api, resource, namespace, options, writing)
        return ServerResponse(
            status: 200, headers: ["Content-Type": "application/json", "Cache-Control": "no-cache, private"],
            body: .stream(length: nil, ByteStream { try await events.next() }))
    }
}

/// The events of one watch.
private actor WatchEvents {
    private let api: KubernetesAPI
    private let resource: ServedResource
    private let namespace: String?
    private let options: ListOptions
    private let writing: ObjectWriting
    /// When the watch ends.
    private let deadline: ContinuousClock.Instant
    private var nextBookmark: ContinuousClock.Instant

    private enum Phase { case starting, listing(ObjectPage.Position), following(ChangeCursor), over }
    private var phase = Phase.starting {
        didSet { if case .over = phase { running = nil } }
    }
    /// Counts it while it runs.
    private var running: WatchCount.Running?
    private var isFirst = true
    /// Changes that are read and not yet told.
    private var pending: ArraySlice<StoreChange> = []

    /// A watch without a time of its own ends after 30 to 60 minutes, as Kubernetes has it, so that not all end at once.
    private static func usualTime() -> Duration { .seconds(Int64.random(in: 1800...3600)) }
    private static let bookmarks = Duration.seconds(60)
    /// About how many bytes are made at once.
    private static let piece = 256 * 1024

    init(
        _ api: KubernetesAPI, _ resource: ServedResource, _ namespace: String?, _ options: ListOptions,
        _ writing: ObjectWriting
    ) {
        (self.api, self.resource, self.namespace) = (api, resource, resource.isNamespaced ? namespace : nil)
        (self.options, self.writing) = (options, writing)
        running = api.watches.begin()
        let now = ContinuousClock.now
        deadline = now + (options.timeout ?? Self.usualTime())
        nextBookmark = now + Self.bookmarks
    }

    /// The next lines; nil when the watch ends.
    func next() async throws -> Chunk? {
        while true {
            do {
                switch phase {
                case .over: return nil
                case .starting: if let bytes = try start() { return bytes[...] }
                case .listing(let position): return try list(from: position)[...]
                case .following(var cursor):
                    if let bytes = try await follow(&cursor) { return bytes[...] }
                }
            } catch is HistoryExpired {
                phase = .over
                let status = APIStatus.expired("too old resource version: \(options.revision ?? 0)")
                return Self.line("ERROR", status.json.encoded())[...]
            }
        }
    }

    private func start() throws -> [UInt8]? {
        if let revision = options.revision, !options.sendsInitialEvents {
            phase = .following(api.store.changes(of: resource.storage, after: revision))
            return nil
        }
        // Asked for no initial events, it begins with what changes from now on.
        guard options.beginsWithState else {
            phase = .following(api.store.changes(of: resource.storage, after: api.store.revision))
            return nil
        }
        return try list(from: nil)
    }

    /// What is there, as if it had just been added.
    private func list(from position: ObjectPage.Position?) throws -> [UInt8] {
        let page = try api.list(
            resource, namespace: namespace, options, from: position, limit: KubernetesAPI.pageSize)
        var bytes: [UInt8] = []
        for object in page.objects { bytes += try event("ADDED", object) }
        if let next = page.next {
            phase = .listing(next)
            return bytes.isEmpty ? try list(from: next) : bytes
        }
        phase = .following(api.store.changes(of: resource.storage, after: page.revision))
        if options.sendsInitialEvents, options.allowsBookmarks {
            bytes += Self.line("BOOKMARK", writing.bookmark(page.revision, endsInitialEvents: true).encoded())
        }
        // A connection on which nothing was sent yet says nothing of the watch, so an empty line of white space does.
        return bytes.isEmpty ? [0x0A] : bytes
    }

    private func follow(_ cursor: inout ChangeCursor) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while let change = pending.first, bytes.count < Self.piece {
            pending.removeFirst()
            bytes += try line(of: change)
        }
        if !bytes.isEmpty { return bytes }
        let now = ContinuousClock.now
        guard now < deadline else {
            phase = .over
            return options.allowsBookmarks ? bookmark(cursor) : nil
        }
        if options.allowsBookmarks, now >= nextBookmark {
            nextBookmark = now + Self.bookmarks
            return bookmark(cursor)
        }
        let until = options.allowsBookmarks ? min(deadline, nextBookmark) : deadline
        guard let changes = try await cursor.next(until: until) else {
            phase = .over
            return nil
        }
        phase = .following(cursor)
        pending = changes[...]
        return nil
    }

    private func bookmark(_ cursor: ChangeCursor) -> [UInt8] {
        Self.line("BOOKMARK", writing.bookmark(cursor.revision, endsInitialEvents: false).encoded())
    }

    /// The line of a change; nothing when it is none of the objects that are meant.
    private func line(of change: StoreChange) throws -> [UInt8] {
        if let namespace, change.object.key.name.namespace != namespace { return [] }
        guard !options.isEverything else {
            return try event(Self.types[change.kind] ?? "MODIFIED", change.object)
        }
        let isMeant = try change.kind != .deleted && matches(change.object)
        let wasMeant = try change.before.map { try matches($0) } ?? false
        switch (wasMeant, isMeant) {
        case (false, false): return []
        case (false, true): return try event("ADDED", change.object)
        case (true, true): return try event("MODIFIED", change.object)
        case (true, false):
            // What left the selection is told as it was, with the version of the change that took it away.
            guard change.kind != .deleted, let before = change.before else {
                return try event("DELETED", change.object)
            }
            return try event("DELETED", before.told(at: change.revision))
        }
    }

    private func matches(_ object: StoredObject) throws -> Bool {
        options.matches(try api.selectable.view(of: object, resource))
    }

    private func event(_ type: String, _ object: StoredObject) throws -> [UInt8] {
        if writing.passesBytes { return Self.line(type, object.bytes) }
        defer { isFirst = false }
        return Self.line(type, writing.event(try resource.shown(object), isFirst: isFirst).encoded())
    }

    private static let types: [StoreChange.Kind: String] = [
        .added: "ADDED", .modified: "MODIFIED", .deleted: "DELETED",
    ]

    private static func line(_ type: String, _ object: [UInt8]) -> [UInt8] {
        var bytes = Array("{\"type\":\"\(type)\",\"object\":".utf8)
        bytes.reserveCapacity(bytes.count + object.count + 2)
        bytes += object
        bytes += [UInt8(ascii: "}"), 0x0A]
        return bytes
    }
}
