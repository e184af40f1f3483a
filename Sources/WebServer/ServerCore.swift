// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Synchronization
internal import Web

/// What all event loops of a server share.
final class ServerCore: Sendable {
    let settings: ServerSettings
    let immediate: ImmediateHandler?
    let handler: Router.Handler
    /// What new connections are secured with.
    let credentials: Guarded<TLSCredentials?>
    /// New requests are refused.
    let isEnding = Atomic(false)
    /// What still runs is given up, and the event loops end.
    let isClosing = Atomic(false)
    let connections = Atomic(0)
    let requests = Atomic(0)
    /// How often an event loop slept on although somebody had rung for it: 0 but for a ring in the very moment of waking.
    let missedRings = Atomic(0)
    let lingering = Atomic(0)
    private let addresses = Guarded<[IPAddress: Int]>([:])
    private let buffered = Atomic(0)
    private let peak = Atomic(0)

    init(
        settings: ServerSettings, credentials: TLSCredentials?, immediate: ImmediateHandler?,
        handler: @escaping Router.Handler
    ) {
        (self.settings, self.immediate, self.handler) = (settings, immediate, handler)
        self.credentials = Guarded(credentials)
    }

    func observe(_ event: @autoclosure () -> ServerEvent) {
        if let observe = settings.observe { observe(event()) }
    }

    /// Counts bytes of bodies that are taken in or let go.
    func buffered(_ change: Int) {
        guard change != 0 else { return }
        let now = buffered.wrappingAdd(change, ordering: .relaxed).newValue
        if now > peak.load(ordering: .relaxed) { peak.max(now, ordering: .relaxed) }
    }

    var statistics: ServerStatistics {
        ServerStatistics(
            connections: connections.load(ordering: .relaxed), requests: requests.load(ordering: .relaxed),
            lingering: lingering.load(ordering: .relaxed), bufferedBytes: buffered.load(ordering: .relaxed),
            peakBufferedBytes: peak.load(ordering: .relaxed))
    }

    /// Counts a connection of an address; false when it has as many as it may.
    func admit(_ address: IPAddress) -> Bool {
        let limit = settings.connectionsPerAddress
        guard limit > 0 else { return true }
        return addresses.withLock { addresses in
            addresses[address, default: 0] += 1
            return addresses[address, default: 0] <= limit
        }
    }

    /// A connection that was counted, admitted or not, is closed.
    func dismiss(_ address: IPAddress) {
        guard settings.connectionsPerAddress > 0 else { return }
        addresses.withLock { addresses in
            let left = addresses[address, default: 1] - 1
            addresses[address] = left > 0 ? left : nil
        }
    }
}
