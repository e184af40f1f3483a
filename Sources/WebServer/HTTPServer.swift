// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import CMicroHTTPD
internal import Glibc
internal import Web

/// An HTTP/1.1 server on libmicrohttpd. Handlers are asynchronous; while one works, its connection is suspended and
/// holds no thread.
@safe public final class HTTPServer: @unchecked Sendable {
    // Proof of Sendable: `daemon` is set once before the initialiser returns and cleared once by `stop`, under the lock;
    // libmicrohttpd locks its own state.
    private let daemon = Guarded<UInt>(0)
    private let core: ServerCore
    /// The port it listens on.
    public let port: Int

    /// Starts a server.
    ///
    /// Throws `.conflict` when the port is taken, `.invalid` when the address is none of this machine.
    public init(
        _ settings: ServerSettings = ServerSettings(),
        handler: @escaping @Sendable (ServerRequest) async -> ServerResponse
    ) throws(Fault) {
        core = ServerCore(bodyLimit: settings.bodyBytes, handler: handler)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: settings.port).bigEndian
        guard unsafe inet_pton(AF_INET, settings.address, &address.sin_addr) == 1 else {
            throw Fault(.invalid, "“\(settings.address)” is no IPv4 address", fix: "use 127.0.0.1 or 0.0.0.0")
        }
        // The core is retained for the daemon's life and released by `stop`.
        let context = unsafe Unmanaged.passRetained(core).toOpaque()
        guard
            let started = unsafe sovereign_mhd_start(
                &address, UInt32(settings.threads), UInt32(settings.connections), UInt32(settings.idleSeconds),
                settings.headerBytes, accessCallback, context, completedCallback)
        else {
            let reason = errno
            unsafe Unmanaged<ServerCore>.fromOpaque(context).release()
            if reason == EADDRINUSE {
                throw Fault(
                    .conflict, "port \(settings.port) of \(settings.address) is taken", fix: "choose another port")
            }
            throw Fault.system(reason, "listen on \(settings.address):\(settings.port)")
        }
        port = Int(unsafe sovereign_mhd_port(started))
        let bits = UInt(bitPattern: started)
        daemon.withLock { $0 = bits }
    }

    /// Takes no more connections, lets running handlers finish for up to the deadline, and ends.
    public func stop(deadline: Duration = .seconds(10)) async {
        let bits = daemon.withLock { bits in
            defer { bits = 0 }
            return bits
        }
        guard bits != 0, let started = unsafe OpaquePointer(bitPattern: bits) else { return }
        let listener = unsafe MHD_quiesce_daemon(started)
        let end = ContinuousClock.now + deadline
        // A suspended connection must not meet the end of its daemon.
        while core.running.withLock({ $0 }) > 0 && ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(10))
        }
        guard core.running.withLock({ $0 }) == 0 else { return }
        unsafe MHD_stop_daemon(started)
        if listener >= 0 { close(listener) }
        unsafe Unmanaged.passUnretained(core).release()
    }
}

/// What all connections of a server share.
final class ServerCore: Sendable {
    let bodyLimit: Int
    let handler: @Sendable (ServerRequest) async -> ServerResponse
    let running = Guarded(0)

    init(bodyLimit: Int, handler: @escaping @Sendable (ServerRequest) async -> ServerResponse) {
        (self.bodyLimit, self.handler) = (bodyLimit, handler)
    }
}

/// One request on its way. libmicrohttpd keeps it for the connection and releases it when the request ends.
final class Exchange: Sendable {
    struct State {
        var body: [UInt8] = []
        var isTooLarge = false
        var hasStarted = false
        var response: ServerResponse?
    }
    let state = Guarded(State())
}

private func accessCallback(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
    _ size: UnsafeMutablePointer<Int>?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context = unsafe context, let connection = unsafe connection, let url = unsafe url,
        let method = unsafe method, let size = unsafe size, let slot = unsafe slot
    else { return .NO }
    let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
    guard let held = unsafe slot.pointee else {
        unsafe slot.pointee = Unmanaged.passRetained(Exchange()).toOpaque()
        return .YES
    }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
    let count = unsafe size.pointee
    if count > 0 {
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: upload, count: count))
        exchange.state.withLock { state in
            guard state.body.count + bytes.count <= core.bodyLimit else { return state.isTooLarge = true }
            state.body += bytes
        }
        unsafe size.pointee = 0
        return .YES
    }
    if let response = exchange.state.withLock({ $0.response }) { return unsafe queue(response, connection) }
    guard
        !exchange.state.withLock({ state in
            defer { state.hasStarted = true }
            return state.hasStarted
        })
    else { return .YES }
    let (body, isTooLarge) = exchange.state.withLock { ($0.body, $0.isTooLarge) }
    if isTooLarge {
        return unsafe queue(ServerResponse(status: 413, "text/plain", "the body is too large\n"), connection)
    }
    let request = unsafe ServerRequest(
        method: HTTPMethod(String(cString: method)), path: String(cString: url), headers: headers(of: connection),
        body: body)
    // Suspended first, so that the answer cannot come before the connection waits for it.
    unsafe MHD_suspend_connection(connection)
    let bits = UInt(bitPattern: connection)
    core.running.withLock { $0 += 1 }
    Task {
        let response = await core.handler(request)
        exchange.state.withLock { $0.response = response }
        // A suspended connection outlives its client, so the pointer is good until it is resumed.
        if let connection = unsafe OpaquePointer(bitPattern: bits) { unsafe MHD_resume_connection(connection) }
        core.running.withLock { $0 -= 1 }
    }
    return .YES
}

private func completedCallback(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_RequestTerminationCode
) {
    guard let slot = unsafe slot, let held = unsafe slot.pointee else { return }
    unsafe Unmanaged<Exchange>.fromOpaque(held).release()
    unsafe slot.pointee = nil
}

@unsafe private func queue(_ response: ServerResponse, _ connection: OpaquePointer) -> MHD_Result {
    var bytes = response.body
    let count = bytes.count
    guard let made = unsafe MHD_create_response_from_buffer(count, &bytes, .RESPMEM_MUST_COPY) else { return .NO }
    defer { unsafe MHD_destroy_response(made) }
    for (name, value) in response.headers { unsafe MHD_add_response_header(made, name, value) }
    return unsafe MHD_queue_response(connection, UInt32(response.status), made)
}

@unsafe private func headers(of connection: OpaquePointer) -> HTTPHeaders {
    final class Collector { var headers = HTTPHeaders() }
    let collector = Collector()
    unsafe MHD_get_connection_values(
        connection, .HEADER_KIND,
        { context, _, name, value in
            guard let context = unsafe context, let name = unsafe name else { return .YES }
            let collector = unsafe Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue()
            collector.headers.add(unsafe String(cString: name), unsafe value.map { unsafe String(cString: $0) } ?? "")
            return .YES
        }, Unmanaged.passUnretained(collector).toOpaque())
    return collector.headers
}
