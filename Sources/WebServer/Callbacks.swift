// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD

// Free functions: a closure could inherit an actor's isolation and would trap on libmicrohttpd's threads. `context` is
// the server's core, retained for the daemon's life; a request's slot holds its exchange, retained from the first
// callback to the last.

/// The request line is there.
func targetCallback(
    _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context, let connection = unsafe connection else { return nil }
    let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
    let text = unsafe target.map { unsafe String(cString: $0) } ?? ""
    let handle = unsafe ConnectionHandle(connection)
    let exchange = Exchange(core: core, connection: handle, socket: handle.socket, target: text)
    return unsafe Unmanaged.passRetained(exchange).toOpaque()
}

/// The head is there, or bytes of the body are, or all is received, or the connection has been resumed.
func accessCallback(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
    _ size: UnsafeMutablePointer<Int>?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let connection = unsafe connection, let method = unsafe method, let version = unsafe version,
        let size = unsafe size, let held = unsafe slot?.pointee
    else { return .NO }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
    if unsafe size.pointee > 0 {
        guard let taken = unsafe exchange.receive(UnsafeRawBufferPointer(start: upload, count: size.pointee)) else {
            return .NO
        }
        unsafe size.pointee -= taken
        return .YES
    }
    let step: Exchange.Step
    if exchange.state.withLock({ $0.stage == .head }) {
        exchange.core.isBusy(UInt(bitPattern: connection), true)
        let head = unsafe RequestHead(
            method: String(cString: method), target: exchange.target, version: String(cString: version),
            fields: exchange.connection.fields)
        // The method stands at the beginning of the head, whose size libmicrohttpd tells.
        let block =
            sovereign_mhd_needs_layout_check()
            ? unsafe Array(UnsafeRawBufferPointer(start: method, count: exchange.connection.headSize)) : nil
        step = exchange.core.begin(exchange, head, block: block)
    } else {
        step = exchange.advance()
    }
    switch step {
    case .wait: return .YES
    case .close: return .NO
    case .answer(let response, let closing):
        return exchange.connection.queue(response, closing: closing, for: exchange) ? .YES : .NO
    }
}

/// The request has ended, well or not.
func completedCallback(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_RequestTerminationCode
) {
    guard let connection = unsafe connection, let slot = unsafe slot, let held = unsafe slot.pointee else { return }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(held).takeRetainedValue()
    unsafe slot.pointee = nil
    exchange.end(completely: code == .REQUEST_TERMINATED_COMPLETED_OK)
    exchange.core.isBusy(UInt(bitPattern: connection), false)
    exchange.core.forget(exchange)
}

/// A connection was accepted or is about to be closed.
func connectionCallback(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_ConnectionNotificationCode
) {
    guard let context = unsafe context, let connection = unsafe connection else { return }
    let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
    let socket = unsafe code == .CONNECTION_NOTIFY_STARTED ? ConnectionHandle(connection).socket : nil
    core.connection(UInt(bitPattern: connection), opened: socket)
}
