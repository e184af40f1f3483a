// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Kubernetes

/// How a feed begins.
public enum FeedBeginning: Sendable {
    /// With a watch that begins with all there is; with lists for servers that cannot do that.
    case watchList
    /// With lists.
    case list
}

/// What a feed tells of, and how.
public struct FeedOptions: Sendable {
    /// Objects with these labels.
    public var labels = LabelSelector.everything
    /// Objects with these fields.
    public var fields = FieldSelector.everything
    /// How much of each object is held and told.
    public var form = ObjectForm.whole
    /// How it begins, and begins anew.
    public var beginning = FeedBeginning.watchList
    /// The most objects of a page of a list.
    public var page = 500
    /// The most objects that are held; one more ends the feed with `.limitExceeded`.
    public var mostObjects = 1_000_000
    /// The wait after the first failure; it doubles with each.
    public var firstDelay = Duration.milliseconds(800)
    /// The longest wait.
    public var longestDelay = Duration.seconds(30)
    /// A watch that ends earlier than this, without an event, has failed.
    public var shortestWatch = Duration.seconds(1)
    /// Takes away what nobody needs, such as managed fields, before an object is held. Must leave alone what identifies
    /// the object: name, namespace, `uid` and `resourceVersion`.
    public var reduce: (@Sendable (inout KubernetesObject) -> Void)?
    /// Told of each failure that the feed lives through, and how long it waits then.
    public var observe: (@Sendable (any Error, Duration) -> Void)?

    /// All objects, whole.
    public init(labels: LabelSelector = .everything, fields: FieldSelector = .everything) {
        (self.labels, self.fields) = (labels, fields)
    }
}

/// The objects of a resource and all that becomes of them, without gaps and without repeats, whatever becomes of the
/// connection.
///
/// Each reader gets a feed of its own: first all there is, then `.synced`, then each change. Between two states of an object
/// there may have been others that nobody saw, when the server was out of reach; but a state is told once, in the order
/// of the server, and the last one always. After a broken connection the feed goes on behind the last version it knows;
/// when the server has forgotten that one (410), it asks for everything and tells the differences. It waits longer after
/// each failure, and gives up only what cannot get better: what is no request to the server (400, 405, 406), and limits.
/// It works only while somebody waits for the next change, and holds the objects and at most a page of changes.
public struct ObjectFeed: AsyncSequence, Sendable {
    /// One change.
    public typealias Element = ObjectChange
    let client: KubernetesClient
    let resource: GroupVersionResource
    let namespace: String?
    let options: FeedOptions

    /// A feed of a resource; of all namespaces when none is named.
    public init(
        _ client: KubernetesClient, _ resource: GroupVersionResource, namespace: String? = nil,
        _ options: FeedOptions = FeedOptions()
    ) {
        (self.client, self.resource, self.namespace, self.options) = (client, resource, namespace, options)
    }

    /// A reader with its own state.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

    /// Reads the changes.
    public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        private var course: FeedCourse
        init(_ feed: ObjectFeed) { course = FeedCourse(feed) }

        /// The next change; waits for it. Never nil; throws `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> ObjectChange? { try await course.next() }
        /// The next change; see `next()`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> ObjectChange? {
            try await course.next()
        }
    }
}

extension KubernetesClient {
    /// A feed of a resource; see `ObjectFeed`.
    public func feed(
        _ resource: GroupVersionResource, namespace: String? = nil, _ options: FeedOptions = FeedOptions()
    ) -> ObjectFeed {
        ObjectFeed(self, resource, namespace: namespace, options)
    }
}
