// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Synchronization

/// An HTTP/1.1 server on libmicrohttpd.
///
/// Handlers are asynchronous; while one works, its connection holds no thread. Bodies flow in both directions no faster
/// than their slower side, and are never held whole. What is malformed or ambiguous is refused before a handler sees it.
/// When a client leaves, the task that works for it is cancelled; one that closes its sending side counts as gone.
/// A server runs until it is stopped, whether somebody still holds it or not.
public final class HTTPServer: Sendable {
    private let core: ServerCore
    private let loops: [EventLoop]
    private let listener: ListeningSocket
    private let isStopping = Guarded(false)
    /// The port it listens on.
    public var port: Int { listener.port }

    /// Starts a server.
    ///
    /// Throws `.conflict` when the port is taken, `.invalid` when the address is none of this machine or certificate and
    /// key do not fit.
    ///
    /// - Parameters:
    ///   - immediate: asked first, for GET and HEAD without a body.
    ///   - handler: asked for all that is not answered at once.
    public init(
        _ settings: ServerSettings = ServerSettings(), immediate: ImmediateHandler? = nil,
        handler: @escaping Router.Handler
    ) throws(Fault) {
        let credentials: TLSCredentials? = if let tls = settings.tls { try TLSCredentials(tls) } else { nil }
        listener = try ListeningSocket.open(settings.address, port: settings.port)
        core = ServerCore(settings: settings, credentials: credentials, immediate: immediate, handler: handler)
        let count = max(1, settings.threads)
        DescriptorLimit.raise(forConnections: settings.connections, lingering: count * LingeringSockets.most)
        var loops: [EventLoop] = []
        for index in 0..<count {
            let share = settings.connections / count + (index < settings.connections % count ? 1 : 0)
            do { loops.append(try EventLoop(core, listener, connections: max(1, share))) } catch {
                for loop in loops { loop.discard() }
                throw error
            }
        }
        self.loops = loops
        for loop in loops { loop.start() }
    }

    /// Starts a server that answers by routes.
    public convenience init(
        _ settings: ServerSettings = ServerSettings(), immediate: ImmediateHandler? = nil, router: Router
    ) throws(Fault) {
        try self.init(settings, immediate: immediate, handler: { try await router.respond(to: $0) })
    }

    /// How busy it is now.
    public var statistics: ServerStatistics { core.statistics }

    /// How often an event loop slept on although somebody had rung for it.
    var missedRings: Int { core.missedRings.load(ordering: .relaxed) }

    /// Proves to new connections who it is, and asks of their clients, by something else; open ones go on as they began.
    ///
    /// Throws `.invalid` when certificate and key do not fit, or the authorities are none; what was there before stays
    /// then. Throws `.unsupported` when the server does not speak TLS.
    public func replaceCertificate(_ tls: ServerTLS) throws(Fault) {
        guard core.settings.tls != nil else { throw Fault(.unsupported, "the server was started without TLS") }
        let made = try TLSCredentials(tls)
        core.credentials.withLock { $0 = made }
    }

    /// Refuses new connections and requests, lets those that run finish, and ends.
    ///
    /// What still runs at the deadline is abandoned: its task is cancelled, its connection closed. Whether the caller is
    /// cancelled makes no difference.
    public func stop(deadline: Duration = .seconds(10)) async {
        let isFirst = isStopping.withLock { isStopping in
            defer { isStopping = true }
            return !isStopping
        }
        guard isFirst else { return }
        core.isEnding.store(true, ordering: .sequentiallyConsistent)
        listener.refuse()
        for loop in loops { loop.ring() }
        let end = ContinuousClock.now + deadline
        // Who stops a server is often cancelled already: in his own task each sleep would return at once, and the loop
        // would keep a thread from those that are waited for.
        await Task { [core] in
            while core.requests.load(ordering: .sequentiallyConsistent) > 0 && ContinuousClock.now < end {
                try? await Task.sleep(for: .milliseconds(10))
            }
        }.value
        core.isClosing.store(true, ordering: .sequentiallyConsistent)
        for loop in loops { loop.ring() }
        for loop in loops { await loop.waitUntilOver() }
    }
}
