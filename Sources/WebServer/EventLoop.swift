// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// A thread that serves a part of a server's connections: it runs one daemon of libmicrohttpd and looks after what that
/// does not look after. All that happens to a connection happens on this thread; only resuming comes from elsewhere.
@safe final class EventLoop: @unchecked Sendable {
    // Proof of Sendable: what varies is touched by the loop's thread only, and before there is one by whoever makes the
    // loop; the rest is constant or atomic. `resume` calls what may be called from anywhere.
    let core: ServerCore
    private var daemon: OpaquePointer?
    /// Waits for the daemon's own set of sockets and for the bell.
    private let poller: Int32
    /// An eventfd that wakes the thread.
    private let bell: Int32
    private let isAsleep = Atomic(false)
    private let isRung = Atomic(false)
    private let ending = Guarded<(isOver: Bool, waiter: CheckedContinuation<Void, Never>?)>((false, nil))

    /// Whether memory of resting connections may be given back.
    let canReleaseMemory = sovereign_mhd_rests_on_zeros()
    /// The open connections, by their handles.
    var connections: [UInt: ServerConnection] = [:]
    /// Whether a connection was closed since the daemon last looked at its listener. A daemon that was full listens
    /// again only when it is run once more, and nothing else would wake the thread for that.
    var hasRoomAgain = false
    /// Connections that are closed but for their clients.
    private let lingering: LingeringSockets
    /// The requests that tasks work for.
    var exchanges: [ObjectIdentifier: Exchange] = [:]
    /// Requests whose readers sleep although bytes are there, since more of them may come soon.
    private var held: [Exchange] = []
    private var heldSince = ContinuousClock.now
    /// For how long a reader may be left to sleep.
    private static let patience = Duration.microseconds(500)
    /// The time, as of the last waking.
    private(set) var now = ContinuousClock.now
    private var nextLook = (departed: ContinuousClock.now, connections: ContinuousClock.now)

    /// Prepares a loop that accepts from a copy of the socket; throws when the system has no room for it.
    init(_ core: ServerCore, _ socket: borrowing ListeningSocket, connections: Int) throws(Fault) {
        self.core = core
        lingering = LingeringSockets(core)
        poller = epoll_create1(Int32(EPOLL_CLOEXEC))
        bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        var settings = unsafe sovereign_mhd_settings()
        unsafe settings.listener = try socket.copy()
        unsafe settings.is_ipv6 = socket.isIPv6
        unsafe settings.is_tls = core.settings.tls != nil
        unsafe settings.connections = UInt32(clamping: connections)
        unsafe settings.idle_seconds = UInt32(clamping: core.settings.idleSeconds)
        unsafe settings.memory = core.settings.connectionMemory
        unsafe settings.access = accessCallback
        unsafe settings.target = targetCallback
        unsafe settings.completed = completedCallback
        unsafe settings.connection = connectionCallback
        // The thread retains the loop for longer than there is a daemon.
        unsafe settings.context = Unmanaged.passUnretained(self).toOpaque()
        errno = 0
        guard let daemon = unsafe sovereign_mhd_start(&settings) else {
            throw Fault.system(errno, "start a server")
        }
        unsafe self.daemon = daemon
        // The bell is never emptied: its edge is enough.
        guard poller >= 0, bell >= 0, sovereign_epoll_add(poller, bell, true) == 0,
            lingering.poller >= 0, sovereign_epoll_add(poller, lingering.poller, false) == 0,
            unsafe sovereign_epoll_add(poller, sovereign_mhd_poller(daemon), false) == 0
        else {
            let reason = errno
            unsafe MHD_stop_daemon(daemon)
            throw Fault.system(reason, "start a server")
        }
    }

    deinit {
        if poller >= 0 { close(poller) }
        if bell >= 0 { close(bell) }
    }

    /// Starts the thread.
    func start() {
        startThread { [self] in
            Self.blockBrokenPipes()
            run()
            let waiter = ending.withLock { ending in
                ending.isOver = true
                return ending.waiter.take()
            }
            waiter?.resume()
        }
    }

    /// Ends a loop that was not started.
    func discard() {
        if let daemon = unsafe daemon.take() { unsafe MHD_stop_daemon(daemon) }
    }

    /// Waits for the thread's end; for one caller.
    func waitUntilOver() async {
        await withCheckedContinuation { continuation in
            let isOver = ending.withLock { ending in
                if !ending.isOver { ending.waiter = continuation }
                return ending.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    /// Leaves the reader of a request asleep until more has come, or nothing comes for a moment. On the loop's thread.
    func hold(_ exchange: Exchange) {
        guard !held.contains(where: { $0 === exchange }) else { return }
        if held.isEmpty { heldSince = .now }
        held.append(exchange)
    }

    private func wakeHeld() {
        for exchange in held { exchange.wakeReader() }
        held.removeAll(keepingCapacity: true)
    }

    /// Lets a suspended connection go on; from any thread.
    func resume(_ connection: ConnectionHandle) {
        connection.resume()
        ring()
    }

    /// Wakes the thread, unless it is awake and will look anyway.
    func ring() {
        guard !isRung.exchange(true, ordering: .sequentiallyConsistent) else { return }
        if isAsleep.load(ordering: .sequentiallyConsistent) { eventfd_write(bell, 1) }
    }

    /// sendfile(2) has no other way to say that the other side is gone than an error and no signal.
    private static func blockBrokenPipes() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private func run() {
        guard let daemon = unsafe daemon else { return }
        var isAccepting = true
        while !core.isClosing.load(ordering: .acquiring) {
            isAsleep.store(true, ordering: .sequentiallyConsistent)
            // Who rings from here on finds the thread asleep; who rang before is seen here.
            let isDue = isRung.load(ordering: .sequentiallyConsistent) || hasRoomAgain
            let wait = isDue ? 0 : unsafe sovereign_mhd_wait(daemon, pause)
            if !rest(atMost: wait), isRung.load(ordering: .sequentiallyConsistent) {
                core.missedRings.add(1, ordering: .relaxed)
            }
            isAsleep.store(false, ordering: .sequentiallyConsistent)
            isRung.store(false, ordering: .sequentiallyConsistent)
            if isAccepting && core.isEnding.load(ordering: .acquiring) {
                isAccepting = false
                let listener = unsafe MHD_quiesce_daemon(daemon)
                if listener >= 0 { close(listener) }
            }
            now = .now
            hasRoomAgain = false
            unsafe MHD_run(daemon)
            look()
        }
        // All that are suspended are resumed now, and none can be suspended any more: the daemon may end.
        for exchange in exchanges.values { exchange.abandon("the server ended") }
        unsafe MHD_stop_daemon(daemon)
        unsafe self.daemon = nil
        lingering.endAll()
    }

    /// Keeps what is left of a connection that is being closed until its client has read the answer; false when there is
    /// nothing to wait for.
    func linger(_ connection: ServerConnection) -> Bool {
        guard !connection.isCut, core.settings.lingerSeconds > 0, !core.isClosing.load(ordering: .acquiring),
            connection.leavesBody || sovereign_socket_unread(connection.socket) > 0
        else { return false }
        return lingering.keep(connection.socket, of: connection.peer.address, now: now)
    }

    /// Sleeps until something happens, at most for some milliseconds, and wakes readers whose patience is over; false when
    /// nothing happened in all of a sleep.
    private func rest(atMost wait: Int32) -> Bool {
        guard !held.isEmpty else { return wait == 0 || sovereign_epoll_wait(poller, wait) }
        // The bell tells each ring once: after this has heard it, nothing else may be slept for.
        let isQuiet = wait > 0 && !sovereign_epoll_wait_briefly(poller, 100_000)
        if isQuiet || .now - heldSince > Self.patience { wakeHeld() }
        return true
    }

    /// libmicrohttpd does not look at suspended connections, and has no deadline for what trickles.
    private func look() {
        if !lingering.isEmpty { lingering.dropArrived(now) }
        if !exchanges.isEmpty, now >= nextLook.departed {
            nextLook.departed = now + .milliseconds(200)
            abandonDeparted()
        }
        if now >= nextLook.connections {
            nextLook.connections = now + (isCrowded ? .milliseconds(100) : .seconds(1))
            cutSlowBodies()
            lingering.endOverdue(now)
            for connection in connections.values { watch(connection) }
        }
    }

    /// Whether the memory of connections that only just rest adds up.
    var isCrowded: Bool { connections.count > 512 }

    /// How long to sleep when nothing happens, in milliseconds.
    private var pause: Int32 {
        exchanges.isEmpty ? connections.isEmpty && lingering.isEmpty ? 60_000 : 1000 : 200
    }
}
