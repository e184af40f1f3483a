// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Web

// Free functions: a closure could inherit an actor's isolation and would trap on the event loops' threads. `context` is
// the event loop, which outlives its daemon. A connection's slot holds its `ServerConnection`, retained from the
// callback that opens it to the one that closes it; a request's slot borrows it.

/// The request line is there.
func targetCallback(
    _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ handle: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let handle = unsafe handle, let held = unsafe sovereign_mhd_context(handle) else { return nil }
    let connection = unsafe Unmanaged<ServerConnection>.fromOpaque(held).takeUnretainedValue()
    connection.target = (nil, 0)
    if let target = unsafe target {
        // Proof: libmicrohttpd ends the target with NUL; the same bytes may be seen as unsigned.
        let bytes = unsafe UnsafeBufferPointer(
            start: UnsafeRawPointer(target).assumingMemoryBound(to: UInt8.self),
            count: sovereign_text_length(target))
        connection.target = (unsafe RequestTarget(bytes), bytes.count)
    }
    return unsafe held
}

/// The head is there, or bytes of the body are, or all is received, or the connection has been resumed.
func accessCallback(
    _ context: UnsafeMutableRawPointer?, _ handle: OpaquePointer?, _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
    _ size: UnsafeMutablePointer<Int>?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let method = unsafe method, let version = unsafe version, let size = unsafe size,
        let held = unsafe slot?.pointee
    else { return .NO }
    let connection = unsafe Unmanaged<ServerConnection>.fromOpaque(held).takeUnretainedValue()
    if unsafe size.pointee > 0 {
        guard let exchange = connection.exchange else { return .NO }
        switch unsafe exchange.receive(UnsafeRawBufferPointer(start: upload, count: size.pointee)) {
        case .taken(let count):
            unsafe size.pointee -= count
            return .YES
        case .refuse(let response):
            // Sent or not, the connection is closed.
            _ = connection.refuseBody(response)
            return .NO
        case .close: return .NO
        }
    }
    switch unsafe connection.step(method: method, version: version) {
    case .wait: return .YES
    case .close: return .NO
    case .answer(let response, let closing):
        return connection.send(response, isClosing: closing) ? .YES : .NO
    }
}

/// The request has ended, well or not.
func completedCallback(
    _ context: UnsafeMutableRawPointer?, _ handle: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_RequestTerminationCode
) {
    guard let slot = unsafe slot, let held = unsafe slot.pointee else { return }
    unsafe slot.pointee = nil
    let connection = unsafe Unmanaged<ServerConnection>.fromOpaque(held).takeUnretainedValue()
    connection.endRequest(
        completely: code == .REQUEST_TERMINATED_COMPLETED_OK,
        isOverdue: code == .REQUEST_TERMINATED_TIMEOUT_REACHED)
}

/// A connection was accepted or is about to be closed.
func connectionCallback(
    _ context: UnsafeMutableRawPointer?, _ handle: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_ConnectionNotificationCode
) {
    guard let context = unsafe context, let handle = unsafe handle, let slot = unsafe slot else { return }
    if code == .CONNECTION_NOTIFY_STARTED {
        let loop = unsafe Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue()
        let connection = unsafe ServerConnection(loop: loop, handle: ConnectionHandle(handle))
        unsafe slot.pointee = Unmanaged.passRetained(connection).toOpaque()
        connection.open()
    } else if let held = unsafe slot.pointee {
        unsafe slot.pointee = nil
        unsafe Unmanaged<ServerConnection>.fromOpaque(held).takeRetainedValue().close()
    }
}
