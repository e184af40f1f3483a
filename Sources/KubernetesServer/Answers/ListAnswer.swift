// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesStore
internal import Web
internal import WebServer

/// The answer to a request for a list: long ones are made page by page while they are sent, so that their size costs no
/// memory.
enum ListAnswer {
    static func make(
        _ api: KubernetesAPI, _ resource: ServedResource, namespace: String?, _ options: ListOptions,
        _ writing: ObjectWriting
    ) throws -> ServerResponse {
        let most = options.limit ?? KubernetesAPI.pageSize
        var (objects, bytes): ([StoredObject], Int) = ([], 0)
        var position = try api.start(options)
        var revision: Int64
        // What a selector passes over does not make short lists.
        repeat {
            let room = min(KubernetesAPI.pageSize, most - objects.count)
            let page = try options.telling {
                try api.list(resource, namespace: namespace, options, from: position, limit: room)
            }
            objects += page.objects
            bytes += page.objects.reduce(0) { $0 + $1.bytes.count }
            (position, revision) = (page.next, page.revision)
            // Large objects do: a client goes on behind what it has, however little that is.
        } while position != nil && objects.count < most && bytes < ObjectStore.pageBytes
        // With a limit the client asks for the rest; without one, the answer goes on.
        let token = options.limit == nil ? nil : position.map(ContinueToken.text)
        let pages = ListPages(
            api, resource, namespace, options, writing, objects, position: options.limit == nil ? position : nil,
            frame: writing.frame(revision: revision, next: token))
        guard position == nil || options.limit != nil, !writing.form.isYAML else {
            return try long(pages, writing)
        }
        return ServerResponse(
            status: 200, headers: ["Content-Type": writing.form.mediaType], body: .bytes(try pages.whole()))
    }

    private static func long(_ pages: ListPages, _ writing: ObjectWriting) throws -> ServerResponse {
        guard writing.form.isYAML else {
            let body = ByteStream { try await pages.next() }
            return ServerResponse(
                status: 200, headers: ["Content-Type": writing.form.mediaType],
                body: .stream(length: nil, body))
        }
        let json = try JSON(parsing: try pages.whole(), source: "the list")
        return ServerResponse(
            status: 200, headers: ["Content-Type": writing.form.mediaType],
            body: .bytes(Array(YAML.text(json).utf8)))
    }
}

/// The pages of one list in their order, for one reader.
private final class ListPages: Sendable {
    private struct State: Sendable {
        var objects: [StoredObject]
        var position: ObjectPage.Position?
        var isStarted = false
        var hasElements = false
        var isOver = false
    }
    private let api: KubernetesAPI
    private let resource: ServedResource
    private let namespace: String?
    private let options: ListOptions
    private let writing: ObjectWriting
    private let frame: (start: String, end: String)
    private let state: Guarded<State>

    init(
        _ api: KubernetesAPI, _ resource: ServedResource, _ namespace: String?, _ options: ListOptions,
        _ writing: ObjectWriting, _ objects: [StoredObject], position: ObjectPage.Position?,
        frame: (start: String, end: String)
    ) {
        (self.api, self.resource, self.namespace, self.options) = (api, resource, namespace, options)
        (self.writing, self.frame) = (writing, frame)
        state = Guarded(State(objects: objects, position: position))
    }

    /// Everything, in memory.
    func whole() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try piece() { bytes += piece }
        return bytes
    }

    /// The next piece, never empty; nil at the end.
    func next() async throws -> Chunk? {
        while let piece = try piece() { if !piece.isEmpty { return piece[...] } }
        return nil
    }

    private func piece() throws -> [UInt8]? {
        // One reader: nobody else takes the state meanwhile.
        var state = state.withLock { $0 }
        guard !state.isOver else { return nil }
        var bytes = state.isStarted ? [] : Array(frame.start.utf8)
        state.isStarted = true
        for object in state.objects {
            if state.hasElements { bytes.append(UInt8(ascii: ",")) }
            bytes += try writing.element(object)
            state.hasElements = true
        }
        state.objects = []
        if let position = state.position {
            let page = try api.list(
                resource, namespace: namespace, options, from: position, limit: KubernetesAPI.pageSize)
            (state.objects, state.position) = (page.objects, page.next)
        } else {
            bytes += Array(frame.end.utf8)
            state.isOver = true
        }
        let kept = state
        self.state.withLock { $0 = kept }
        return bytes
    }
}
