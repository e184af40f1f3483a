// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD
internal import Web

/// A connection of libmicrohttpd. Good from the first callback of a request until its completion callback has returned:
/// who keeps one longer asks `Exchange` first.
@safe struct ConnectionHandle: Sendable {
    // Proof of Sendable: libmicrohttpd allows resuming from any thread; the rest is called in its callbacks only.
    nonisolated(unsafe) private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    func suspend() { unsafe MHD_suspend_connection(pointer) }
    func resume() { unsafe MHD_resume_connection(pointer) }
    var socket: Int32 { unsafe sovereign_mhd_socket(pointer) }
    var headSize: Int { unsafe sovereign_mhd_head_size(pointer) }

    /// The header fields in their order.
    var fields: [(name: String, value: String)] {
        final class Collector { var fields: [(name: String, value: String)] = [] }
        let collector = Collector()
        unsafe MHD_get_connection_values(
            pointer, .HEADER_KIND,
            { context, _, name, value in
                guard let context = unsafe context, let name = unsafe name else { return .YES }
                let collector = unsafe Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue()
                collector.fields.append(
                    (unsafe String(cString: name), unsafe value.map { unsafe String(cString: $0) } ?? ""))
                return .YES
            }, Unmanaged.passUnretained(collector).toOpaque())
        return collector.fields
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

    /// Queues an answer; a stream is read through `exchange`. False when libmicrohttpd does not take it.
    func queue(_ response: ServerResponse, closing: Bool, for exchange: Exchange) -> Bool {
        let made: OpaquePointer?
        switch response.body {
        case .bytes(var bytes):
            unsafe made = MHD_create_response_from_buffer(bytes.count, &bytes, .RESPMEM_MUST_COPY)
        case .stream(let length, _):
            // Retained for the response, which may outlive the request by a moment; released by `releaseSource`.
            unsafe made = MHD_create_response_from_callback(
                length.map { UInt64($0) } ?? UInt64.max, 64 * 1024, readSource,
                Unmanaged.passRetained(exchange).toOpaque(), releaseSource)
        }
        guard let made = unsafe made else { return false }
        defer { unsafe MHD_destroy_response(made) }
        for (name, value) in response.headers {
            guard unsafe MHD_add_response_header(made, name, value) == .YES else { return false }
        }
        if closing { unsafe MHD_add_response_header(made, "Connection", "close") }
        return unsafe MHD_queue_response(pointer, UInt32(response.status), made) == .YES
    }
}

/// Fills libmicrohttpd's buffer from what a handler's stream has made.
private func readSource(
    _ context: UnsafeMutableRawPointer?, _ position: UInt64, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
    guard let context = unsafe context else { return -2 }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    return unsafe exchange.fill(UnsafeMutableRawBufferPointer(start: buffer, count: size))
}

private func releaseSource(_ context: UnsafeMutableRawPointer?) {
    if let context = unsafe context { unsafe Unmanaged<Exchange>.fromOpaque(context).release() }
}
