// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes

/// How a feed gets from lists to watches and back.
struct FeedCourse: Sendable {
    /// What is done next.
    private enum Phase: Sendable {
        /// Ask for everything.
        case begin
        /// Read a list from this page on; nil for its beginning.
        case list(continueToken: String?, pageSize: Int?)
        /// Read a watch that begins with everything.
        case replay
        /// Watch from the version that is known.
        case resume
        /// Read a watch.
        case follow(since: ContinuousClock.Instant)
    }

    private let feed: ObjectFeed
    private var view: FeedView
    private var phase = Phase.begin
    /// The watch that is being read.
    private var events: WatchEvents.AsyncIterator?
    /// Behind which version a watch goes on.
    private var version: String?
    private var usesReplay: Bool
    /// How often a replay has ended before it was complete.
    private var brokenReplays = 0
    private var isSynced = false
    private var hasHeard = false
    private var backOff: BackOff

    init(_ feed: ObjectFeed) {
        self.feed = feed
        view = FeedView(limit: feed.options.mostObjects)
        usesReplay = feed.options.beginning == .watchList
        backOff = BackOff(first: feed.options.firstDelay, longest: feed.options.longestDelay)
    }

    mutating func next() async throws -> ObjectChange {
        while true {
            if let change = view.next() { return change }
            try Task.checkCancellation()
            do {
                try await advance()
            } catch {
                try Task.checkCancellation()
                if error is CancellationError { throw error }
                let delay = try recover(from: error)
                feed.options.observe?(error, delay)
                if delay > .zero { try await feed.client.settings.sleep(delay) }
            }
        }
    }

    private mutating func advance() async throws {
        switch phase {
        case .begin:
            view.beginReplacement()
            guard usesReplay else {
                phase = .list(continueToken: nil, pageSize: feed.options.page)
                return
            }
            events = try await watch(from: nil)
            phase = .replay
        case .list(let token, let size): try await readPage(token, size)
        case .replay:
            guard let event = try await events?.next() else {
                throw Fault(.unavailable, "a watch has ended before all was told", fix: "run it again")
            }
            if event.endsInitialEvents {
                version = event.object.resourceVersion
                finishReplacement()
                (phase, hasHeard) = (.follow(since: .now), false)
            } else {
                try take(event)
            }
        case .resume:
            events = try await watch(from: version)
            (phase, hasHeard) = (.follow(since: .now), false)
        case .follow(let since):
            guard let event = try await events?.next() else {
                (phase, events) = (.resume, nil)
                guard hasHeard || ContinuousClock.now - since >= feed.options.shortestWatch else {
                    throw Fault(.unavailable, "the server ends watches of \(feed.resource.resource) at once")
                }
                backOff.reset()
                return
            }
            hasHeard = true
            backOff.reset()
            try take(event)
        }
    }

    private func watch(from version: String?) async throws -> WatchEvents.AsyncIterator {
        var options = WatchOptions(labels: feed.options.labels, fields: feed.options.fields)
        (options.resourceVersion, options.sendsInitialEvents) = (version, version == nil)
        options.form = feed.options.form
        return try await feed.client.watch(feed.resource, namespace: feed.namespace, options).makeAsyncIterator()
    }

    private mutating func readPage(_ token: String?, _ size: Int?) async throws {
        var options = ListOptions(labels: feed.options.labels, fields: feed.options.fields)
        (options.limit, options.continueToken, options.form) = (size, token, feed.options.form)
        let page = try await feed.client.list(feed.resource, namespace: feed.namespace, options)
        for object in page.objects { try view.put(reduced(object)) }
        if let next = page.continueToken {
            guard next != token else { throw Fault(.corrupt, "a list goes on with the same page") }
            phase = .list(continueToken: next, pageSize: size)
        } else {
            version = page.resourceVersion.isEmpty ? nil : page.resourceVersion
            guard version != nil else { throw Fault(.corrupt, "a list of \(feed.resource.resource) has no version") }
            finishReplacement()
            phase = .resume
        }
    }

    private mutating func finishReplacement() {
        view.endReplacement()
        brokenReplays = 0
        if !isSynced { view.tell(.synced) }
        isSynced = true
    }

    private mutating func take(_ event: WatchEvent) throws(Fault) {
        switch event.kind {
        case .added, .modified: try view.put(reduced(event.object))
        case .deleted: view.remove(event.object.objectName, last: reduced(event.object))
        case .bookmark: break
        }
        // While everything is told anew, the objects come in any order.
        if case .replay = phase { return }
        if let newer = event.object.resourceVersion { version = newer }
    }

    private func reduced(_ object: KubernetesObject) -> KubernetesObject {
        guard let reduce = feed.options.reduce else { return object }
        var object = object
        reduce(&object)
        return object
    }

    // MARK: Failures

    /// Decides where to go on, and after how long; throws what cannot get better. Only a watch that works lets the waits
    /// begin anew: a server may well list and forget at once.
    private mutating func recover(from error: any Error) throws -> Duration {
        events = nil
        if let fault = error as? Fault, fault.code == .limitExceeded { throw fault }
        let status = error as? APIStatus
        switch phase {
        case .begin:
            if usesReplay, let status, [400, 422, 405, 406].contains(status.code) {
                // The server cannot begin a watch with everything.
                usesReplay = false
                return .zero
            }
            try giveUp(status)
        case .replay:
            brokenReplays += 1
            if brokenReplays >= 3 { usesReplay = false }
            phase = .begin
        case .list(let token, let size):
            try giveUp(status)
            if status?.isExpired == true, token != nil, size != nil {
                // What the first pages were from is forgotten: all at once cannot be forgotten.
                view.beginReplacement()
                phase = .list(continueToken: nil, pageSize: nil)
                return .zero
            }
            if status?.isExpired == true || token != nil && status != nil { phase = .begin }
        case .resume, .follow:
            phase = .resume
            if let status, isHopeless(status) { (version, phase) = (nil, .begin) }
            if let fault = error as? Fault, fault.code == .corrupt { (version, phase) = (nil, .begin) }
        }
        let asked = Duration.seconds(min(status?.retryAfterSeconds ?? 0, 300))
        return max(backOff.next(), asked)
    }

    private func giveUp(_ status: APIStatus?) throws {
        if let status, [400, 405, 406].contains(status.code) { throw status }
    }

    /// Whether watching from the known version will not work again.
    private func isHopeless(_ status: APIStatus) -> Bool {
        status.isExpired || status.code == 400 || status.code == 404
            || status.causes.contains { $0.reason == "ResourceVersionTooLarge" }
    }
}
