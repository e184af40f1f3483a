// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes
internal import Web

/// One event of a watch.
public struct WatchEvent: Sendable, Hashable {
    /// What has happened.
    public enum Kind: String, Sendable {
        /// The object is new, or has come to be among those that are selected.
        case added = "ADDED"
        /// It has changed.
        case modified = "MODIFIED"
        /// It is gone, or no longer among those that are selected.
        case deleted = "DELETED"
        /// Nothing: only the version is new, from which a watch can go on.
        case bookmark = "BOOKMARK"
    }
    /// What has happened.
    public let kind: Kind
    /// The object as it is since; of a deleted one its last state, with the version of its deletion.
    public let object: KubernetesObject

    /// Whether all that was there when the watch began has been told; for watches that begin with that.
    public var endsInitialEvents: Bool {
        kind == .bookmark && object[annotation: "k8s.io/initial-events-end"] == "true"
    }
}

/// What is watched, and from where.
public struct WatchOptions: Sendable {
    /// Objects with these labels.
    public var labels = LabelSelector.everything
    /// Objects with these fields.
    public var fields = FieldSelector.everything
    /// Behind which version it begins; nil for the present, with an event for each object that is there.
    public var resourceVersion: String?
    /// Whether it begins with an event for each object that is there, ended by a bookmark (KEP-3157). Servers that cannot
    /// do that answer with 422.
    public var sendsInitialEvents = false
    /// Whether versions are told from time to time though nothing has changed.
    public var allowsBookmarks = true
    /// After how many seconds the server ends it; nil for a random number within the client's settings.
    public var seconds: Int?
    /// How much of each object.
    public var form = ObjectForm.whole

    /// All objects, from the present.
    public init(labels: LabelSelector = .everything, fields: FieldSelector = .everything) {
        (self.labels, self.fields) = (labels, fields)
    }
}

/// The events of one watch, for one reader. Ends when the server ends it; throws an `APIStatus` when the server says what
/// is wrong (410 when the version is too old), and a `Fault` when the connection breaks, also in the middle of an event.
public struct WatchEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = WatchEvent
    private let lines: LineReader
    private let form: ObjectForm

    init(_ lines: LineReader, _ form: ObjectForm) { (self.lines, self.form) = (lines, form) }

    /// Reads the events.
    public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        fileprivate var lines: LineReader
        fileprivate let form: ObjectForm

        /// The next event; nil at the end.
        public mutating func next() async throws -> WatchEvent? { try await next(isolation: nil) }

        /// The next event; nil at the end.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> WatchEvent? {
            while let line = try await lines.next() {
                if let event = try WatchEvent(line: line, form: form) { return event }
            }
            return nil
        }
    }

    /// The one reader.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(lines: lines, form: form) }
}

extension WatchEvent {
    /// Reads a line; nil for kinds of events that are not known. Throws what an `ERROR` says.
    init?(line: [UInt8], form: ObjectForm) throws {
        var limits = DocumentLimits()
        limits.bytes = line.count
        guard let json = try? JSON(parsing: line, source: "an event", limits: limits), let type = json["type"]?.string,
            let value = json["object"]
        else { throw Fault(.corrupt, "a watch holds a line that is no event", fix: "check what stands between") }
        if type == "ERROR" {
            throw APIStatus(value)
                ?? APIStatus(500, reason: "InternalError", "the server ends a watch without a reason")
        }
        guard let kind = Kind(rawValue: type) else { return nil }
        let object = KubernetesObject(unchecked: value)
        if let problem = object.problem ?? (kind != .bookmark && object.name.isEmpty ? "it has no name" : nil) {
            throw Fault(.corrupt, "a watch holds what is no object: \(problem)")
        }
        (self.kind, self.object) = (kind, form == .metadata && kind != .bookmark ? object.metadataOnly : object)
    }
}

extension KubernetesClient {
    /// Watches the objects of a resource; returns when the server has agreed. It ends with the task that reads it, and
    /// when nobody holds it any more.
    public func watch(
        _ resource: GroupVersionResource, namespace: String? = nil, _ options: WatchOptions = WatchOptions()
    ) async throws -> WatchEvents {
        var request = APIRequest(.get, try Self.path(resource, namespace: namespace))
        if options.form == .metadata { request.accept = MediaType.metadata }
        request.query = [("watch", "true")]
        request.ask("labelSelector", options.labels.description)
        request.ask("fieldSelector", options.fields.description)
        request.ask("resourceVersion", options.resourceVersion)
        if options.allowsBookmarks || options.sendsInitialEvents { request.ask("allowWatchBookmarks", "true") }
        if options.sendsInitialEvents {
            request.ask("sendInitialEvents", "true")
            request.ask("resourceVersionMatch", VersionMatch.notOlderThan.rawValue)
        }
        request.ask("timeoutSeconds", "\(options.seconds ?? Int.random(in: settings.watchSeconds))")
        let (limit, form, asked) = (settings.eventBytes, options.form, request)
        return try await exchange(asked, on: .stream) { [configuration] response in
            guard Self.isJSON(response.headers["Content-Type"] ?? "") else {
                throw Fault(
                    .invalid, "\(configuration) answers \(asked) with no events",
                    fix: "check that the URL is that of an API server")
            }
            return WatchEvents(
                LineReader(response.body, limit: limit, of: "the watch of \(resource.resource)"), form)
        }
    }
}
