// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Web

/// A response of libmicrohttpd, ours until it is queued.
@safe struct ResponseHandle: ~Copyable {
    /// What the request and its connection ask of a response.
    struct Terms: Sendable {
        var isHead = false
        var isTLS = false
        /// Whether it is the last of its connection.
        var isClosing = false
        /// Sent as `X-Request-Id`.
        var id: RequestID?
    }

    let pointer: OpaquePointer

    /// How much of a body that is made while it is sent is asked for at once.
    private static let block = 64 * 1024

    /// Makes one; nil for what cannot be sent, of which the answer has been checked, and when memory is short.
    static func make(_ response: ServerResponse, _ terms: Terms, for exchange: Exchange?) -> ResponseHandle? {
        guard let made = unsafe body(response, terms, exchange) else { return nil }
        let handle = unsafe ResponseHandle(takingOwnership: made)
        for (name, value) in response.headers where !isOurs(name) && !value.isEmpty {
            guard unsafe MHD_add_response_header(made, name, value) == .YES else { return nil }
        }
        if let id = terms.id { unsafe MHD_add_response_header(made, "X-Request-Id", id.description) }
        // A response of status 304 has no length unless somebody knows the one that status 200 would have had. What
        // libmicrohttpd says of an unknown length is for bodies only, so the connection ends with such a response.
        if response.status == 304, response.body.length ?? 0 == 0 {
            unsafe sovereign_mhd_say_no_length(made)
        } else if terms.isClosing {
            unsafe MHD_add_response_header(made, "Connection", "close")
        }
        return handle
    }

    private init(takingOwnership pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe MHD_destroy_response(pointer) }

    private static func body(_ response: ServerResponse, _ terms: Terms, _ exchange: Exchange?) -> OpaquePointer? {
        let length = response.body.length
        if terms.isHead || response.status == 204 || response.status == 304 {
            let isUnknown = length == nil || response.status == 304 && length == 0
            return unsafe MHD_create_response_from_callback(
                isUnknown ? UInt64.max : UInt64(length ?? 0), 1, readNothing, nil, nil)
        }
        switch response.body {
        case .none: return nil
        case .bytes(let bytes):
            return unsafe bytes.withUnsafeBytes {
                // Proof: libmicrohttpd copies, and does not write to, what it is given here.
                unsafe MHD_create_response_from_buffer(
                    $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
            }
        case .file(let file, let offset, let length):
            return unsafe terms.isTLS ? reading(file, offset, length) : sending(file, offset, length)
        case .stream:
            guard let exchange else { return nil }
            // Retained for the response, which may outlive the request by a moment; released by `releaseStream`.
            return unsafe MHD_create_response_from_callback(
                length.map { UInt64($0) } ?? UInt64.max, block, readStream,
                Unmanaged.passRetained(exchange).toOpaque(), releaseStream)
        }
    }

    /// A file that the kernel sends by itself.
    private static func sending(_ file: ServerFile, _ offset: Int64, _ length: Int64) -> OpaquePointer? {
        guard let descriptor = file.duplicate() else { return nil }
        // libmicrohttpd closes the descriptor with the response; when it makes none, it is still ours.
        guard
            let made = unsafe MHD_create_response_from_fd_at_offset64(
                UInt64(length), descriptor, UInt64(offset))
        else {
            ServerFile.close(descriptor)
            return nil
        }
        return unsafe made
    }

    /// A file that is read to be encrypted: libmicrohttpd itself would read 4 KiB at once.
    private static func reading(_ file: ServerFile, _ offset: Int64, _ length: Int64) -> OpaquePointer? {
        let reader = FileReader(file: file, offset: offset)
        return unsafe MHD_create_response_from_callback(
            UInt64(length), block, readFile, Unmanaged.passRetained(reader).toOpaque(), releaseFile)
    }

    /// Whether a field is the server's own business.
    static func isOurs(_ name: String) -> Bool {
        switch name.utf8.count {
        case 10: HTTPHeaders.isSame(name, "Connection")
        case 14: HTTPHeaders.isSame(name, "Content-Length")
        case 17: HTTPHeaders.isSame(name, "Transfer-Encoding")
        default: false
        }
    }
}

private final class FileReader: Sendable {
    let file: ServerFile
    let offset: Int64
    init(file: ServerFile, offset: Int64) { (self.file, self.offset) = (file, offset) }
}

// Free functions for the same reason as the other callbacks. Each gives the count of bytes, -1 at the end, -2 to break
// the connection off.

/// Fills libmicrohttpd's buffer from what a handler's stream has made.
private func readStream(
    _ context: UnsafeMutableRawPointer?, _ position: UInt64, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
    guard let context = unsafe context else { return -2 }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    return unsafe exchange.fill(UnsafeMutableRawBufferPointer(start: buffer, count: size))
}

private func releaseStream(_ context: UnsafeMutableRawPointer?) {
    if let context = unsafe context { unsafe Unmanaged<Exchange>.fromOpaque(context).release() }
}

/// Fills libmicrohttpd's buffer from a file; one that has become shorter breaks the connection off.
private func readFile(
    _ context: UnsafeMutableRawPointer?, _ position: UInt64, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
    guard let context = unsafe context else { return -2 }
    let reader = unsafe Unmanaged<FileReader>.fromOpaque(context).takeUnretainedValue()
    let count = unsafe reader.file.read(
        at: reader.offset + Int64(position), into: UnsafeMutableRawBufferPointer(start: buffer, count: size))
    return count > 0 ? count : -2
}

private func releaseFile(_ context: UnsafeMutableRawPointer?) {
    if let context = unsafe context { unsafe Unmanaged<FileReader>.fromOpaque(context).release() }
}

/// Never asked: a response without a body only says how long it would be.
private func readNothing(
    _ context: UnsafeMutableRawPointer?, _ position: UInt64, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int { -2 }
