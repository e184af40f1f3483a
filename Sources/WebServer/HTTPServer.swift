// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import CMicroHTTPD
internal import Glibc

/// An HTTP/1.1 server on libmicrohttpd.
///
/// Handlers are asynchronous; while one works, its connection holds no thread. Bodies flow in both directions no faster
/// than their slower side, and are never held whole. What is malformed or ambiguous is refused before a handler sees it.
/// When a client leaves, the task that works for it is cancelled; one that closes its sending side counts as gone.
/// A server runs until it is stopped, whether somebody still holds it or not.
@safe public final class HTTPServer: @unchecked Sendable {
    // Proof of Sendable: `daemon` is set once before the initialiser returns and cleared once by `stop`, under the lock;
    // libmicrohttpd locks its own state.
    private let daemon = Guarded<UInt>(0)
    private let core: ServerCore
    /// The port it listens on.
    public let port: Int

    /// Starts a server.
    ///
    /// Throws `.conflict` when the port is taken, `.invalid` when the address is none of this machine or certificate and
    /// key do not fit.
    public init(_ settings: ServerSettings = ServerSettings(), handler: @escaping Router.Handler) throws(Fault) {
        core = ServerCore(settings: settings, handler: handler)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: settings.port).bigEndian
        guard unsafe inet_pton(AF_INET, settings.address, &address.sin_addr) == 1 else {
            throw Fault(.invalid, "“\(settings.address)” is no IPv4 address", fix: "use 127.0.0.1 or 0.0.0.0")
        }
        // The core is retained for the daemon's life and released by `stop`.
        let context = unsafe Unmanaged.passRetained(core).toOpaque()
        errno = 0
        guard let started = unsafe Self.start(settings, &address, context) else {
            let reason = errno
            unsafe Unmanaged<ServerCore>.fromOpaque(context).release()
            throw Self.fault(reason, settings)
        }
        port = Int(unsafe sovereign_mhd_port(started))
        let bits = UInt(bitPattern: started)
        daemon.withLock { $0 = bits }
        core.startWatch()
    }

    /// Starts a server that answers by routes.
    public convenience init(_ settings: ServerSettings = ServerSettings(), router: Router) throws(Fault) {
        try self.init(settings, handler: { try await router.respond(to: $0) })
    }

    /// How busy it is now.
    public var statistics: ServerStatistics { core.statistics }

    /// Refuses new connections and requests, lets those that run finish, and ends.
    ///
    /// What still runs at the deadline is abandoned: its task is cancelled, its connection closed.
    public func stop(deadline: Duration = .seconds(10)) async {
        let bits = daemon.withLock { bits in
            defer { bits = 0 }
            return bits
        }
        guard bits != 0, let started = unsafe OpaquePointer(bitPattern: bits) else { return }
        core.state.withLock { $0.isEnding = true }
        let listener = unsafe MHD_quiesce_daemon(started)
        // The socket itself may be closed only after the daemon's end; this makes the kernel refuse connections now.
        if listener >= 0 { shutdown(listener, Int32(SHUT_RDWR)) }
        await core.waitUntilIdle(for: deadline)
        for exchange in core.exchanges { exchange.abandon("the server ended") }
        // All that were suspended are resumed now, and none can be suspended any more: the daemon may end.
        let core = core
        await withCheckedContinuation { continuation in
            startThread {
                if let started = unsafe OpaquePointer(bitPattern: bits) { unsafe MHD_stop_daemon(started) }
                continuation.resume()
            }
        }
        if listener >= 0 { close(listener) }
        core.state.withLock { $0.isStopped = true }
        unsafe Unmanaged.passUnretained(core).release()
    }

    private static func start(
        _ settings: ServerSettings, _ address: UnsafePointer<sockaddr_in>, _ context: UnsafeMutableRawPointer
    ) -> OpaquePointer? {
        // libmicrohttpd takes its buffers out of the same memory as the head.
        var options = unsafe sovereign_mhd_settings()
        unsafe options.address = unsafe address
        unsafe options.threads = UInt32(settings.threads)
        unsafe options.connections = UInt32(settings.connections)
        unsafe options.connections_per_address = UInt32(settings.connectionsPerAddress)
        unsafe options.idle_seconds = UInt32(settings.idleSeconds)
        unsafe options.memory = settings.headBytes + 64 * 1024
        unsafe options.access = accessCallback
        unsafe options.target = targetCallback
        unsafe options.completed = completedCallback
        unsafe options.connection = connectionCallback
        unsafe options.context = unsafe context
        guard let tls = settings.tls else { return unsafe sovereign_mhd_start(&options) }
        return unsafe tls.certificate.withCString { certificate in
            unsafe options.certificate = unsafe certificate
            return unsafe tls.key.withCString { key in
                unsafe options.key = unsafe key
                guard let authorities = tls.authorities else { return unsafe sovereign_mhd_start(&options) }
                return unsafe authorities.withCString { trust in
                    unsafe options.trust = unsafe trust
                    return unsafe sovereign_mhd_start(&options)
                }
            }
        }
    }

    private static func fault(_ reason: Int32, _ settings: ServerSettings) -> Fault {
        let place = "\(settings.address):\(settings.port)"
        switch reason {
        case EADDRINUSE: return Fault(.conflict, "\(place) is taken", fix: "choose another port")
        case EADDRNOTAVAIL: return Fault(.invalid, "\(settings.address) is no address of this machine")
        case _ where settings.tls != nil && reason != EACCES && reason != EMFILE:
            return Fault(.invalid, "certificate and key are not accepted", fix: "give both as PEM, made for each other")
        default: return Fault.system(reason, "listen on \(place)")
        }
    }
}

extension ServerCore {
    /// Waits until no request runs any more, but not longer.
    func waitUntilIdle(for deadline: Duration) async {
        let end = ContinuousClock.now + deadline
        while state.withLock({ !$0.exchanges.isEmpty }) && ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
