// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD
internal import Web

/// A connection of libmicrohttpd. Good from the callback that says it was opened to the one that says it is closed: who
/// keeps one of a request longer than that request asks `Exchange` first.
@safe struct ConnectionHandle: Sendable {
    // Proof of Sendable: libmicrohttpd allows resuming from any thread; the rest is called in its callbacks only.
    nonisolated(unsafe) let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    /// Names it among the open ones.
    var key: UInt { unsafe UInt(bitPattern: pointer) }

    func suspend() { unsafe MHD_suspend_connection(pointer) }
    func resume() { unsafe MHD_resume_connection(pointer) }
    var socket: Int32 { unsafe sovereign_mhd_socket(pointer) }
    var headSize: Int { unsafe sovereign_mhd_head_size(pointer) }

    /// Who is at its other end; an IPv4 address that came over an IPv6 socket is given as what it is.
    var peer: ServerPeer {
        var bytes = [UInt8](repeating: 0, count: 16)
        var port: Int32 = 0
        let count = unsafe sovereign_mhd_peer(pointer, &bytes, &port)
        guard let address = IPAddress(bytes: Array(bytes.prefix(Int(count)))) else { return .none }
        return ServerPeer(address: address.mapped ?? address, port: Int(port))
    }

    /// What the client proved to be.
    enum Client: Equatable {
        case anonymous
        case certified([UInt8])
        case untrusted
    }
    var client: Client {
        var bytes: UnsafePointer<UInt8>?
        var size = 0
        switch unsafe sovereign_mhd_client_certificate(pointer, &bytes, &size) {
        case 0: return .anonymous
        case 1: return .certified(unsafe Array(UnsafeBufferPointer(start: bytes, count: size)))
        default: return .untrusted
        }
    }

    /// Sends bytes past libmicrohttpd; whether all of them were taken.
    func send(_ bytes: [UInt8]) -> Bool { unsafe sovereign_mhd_send(pointer, bytes, bytes.count) }

    /// Queues an answer that `exchange` feeds when it is a stream. False when it cannot be sent.
    func queue(_ response: ServerResponse, _ terms: ResponseHandle.Terms, for exchange: Exchange?) -> Bool {
        guard let made = ResponseHandle.make(response, terms, for: exchange) else { return false }
        return unsafe MHD_queue_response(pointer, UInt32(response.status), made.pointer) == .YES
    }
}
