// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Glibc

/// One easy handle with its header list and its error buffer, owned once.
@safe final class CurlEasy {
    // Proof for `@safe`: created, used and freed on the client's thread. libcurl's pointers lead to `context` and
    // `errorText`, which live as long as the handle, since all are fields of this object.
    let handle: UnsafeMutableRawPointer
    let context: CurlContext
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var detours: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    init(id: Int, delegate: any CurlTransferDelegate) throws(Fault) {
        guard let handle = unsafe curl_easy_init() else { throw Fault(.system, "libcurl has no memory for a request") }
        unsafe self.handle = handle
        context = unsafe CurlContext(handle, id: id, delegate: delegate)
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        unsafe sovereign_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        unsafe sovereign_curl_set_open_socket(handle, openSocketCallback)
        unsafe sovereign_curl_set_callbacks(
            handle, headerCallback, writeCallback, readCallback, Unmanaged.passUnretained(context).toOpaque())
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(headers)
        unsafe curl_slist_free_all(detours)
        unsafe errorText.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) { unsafe sovereign_curl_set_long(handle, option, value) }
    func set(_ option: CURLoption, offset: Int64) {
        unsafe sovereign_curl_set_offset(handle, option, curl_off_t(offset))
    }
    /// Sets a text; nil takes away what libcurl was built with.
    func set(_ option: CURLoption, _ value: String?) { unsafe sovereign_curl_set_string(handle, option, value) }
    func set(_ option: CURLoption, blob: String) {
        let bytes = Array(blob.utf8)
        unsafe sovereign_curl_set_blob(handle, option, bytes, bytes.count)
    }
    /// A body that libcurl keeps a copy of, and can send again by itself.
    func setBody(_ bytes: [UInt8]) {
        unsafe sovereign_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
        // For no bytes any pointer but nil will do.
        _ = unsafe bytes.withUnsafeBytes {
            unsafe sovereign_curl_set_pointer(
                handle, CURLOPT_COPYPOSTFIELDS, $0.baseAddress ?? UnsafeRawPointer(errorText))
        }
    }
    func add(header line: String) { unsafe headers = curl_slist_append(headers, line) }
    func applyHeaders() { unsafe sovereign_curl_set_list(handle, CURLOPT_HTTPHEADER, headers) }
    /// Connects to another host than the URL names: `host:port:other:port`.
    func connect(by detour: String) {
        unsafe detours = curl_slist_append(detours, detour)
        unsafe sovereign_curl_set_list(handle, CURLOPT_CONNECT_TO, detours)
    }

    /// Lets a paused transfer go on. May call the callbacks before it returns.
    func unpause() { unsafe curl_easy_pause(handle, CURLPAUSE_CONT) }

    /// Whether there is a connection, secured where it has to be.
    var isConnected: Bool { offset(CURLINFO_PRETRANSFER_TIME_T) > 0 }

    func outcome(_ code: CURLcode) -> CurlOutcome {
        var outcome = CurlOutcome(code: code)
        guard code != CURLE_OK else { return outcome }
        outcome.systemError = Int32(truncatingIfNeeded: long(CURLINFO_OS_ERRNO))
        outcome.verifyResult = long(CURLINFO_SSL_VERIFYRESULT)
        outcome.hasSentRequest = long(CURLINFO_REQUEST_SIZE) > 0
        let said = unsafe String(cString: errorText)
        outcome.detail = said.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : said
        return outcome
    }

    private func long(_ info: CURLINFO) -> Int {
        var value = 0
        unsafe sovereign_curl_get_long(handle, info, &value)
        return value
    }
    private func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        unsafe sovereign_curl_get_offset(handle, info, &value)
        return Int64(value)
    }
}

/// What libcurl hands to the callbacks of a transfer.
@safe final class CurlContext {
    // Proof for `@safe`: the handle outlives its callbacks, which alone use it here.
    let handle: UnsafeMutableRawPointer
    let id: Int
    let delegate: any CurlTransferDelegate
    init(_ handle: UnsafeMutableRawPointer, id: Int, delegate: any CurlTransferDelegate) {
        (self.id, self.delegate) = (id, delegate)
        unsafe self.handle = handle
    }
}

// The callbacks are free functions, so that they have no isolation to inherit.

private func transfer(_ context: UnsafeMutableRawPointer?) -> CurlContext? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<CurlContext>.fromOpaque(context).takeUnretainedValue()
}

private func delegate(_ context: UnsafeMutableRawPointer?) -> (any CurlTransferDelegate)? {
    unsafe transfer(context)?.delegate
}

/// A program started meanwhile must not hold our connections open.
private func openSocketCallback(
    _: UnsafeMutableRawPointer?, _: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let address = unsafe address?.pointee else { return -1 }
    return socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
}

private func headerCallback(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let delegate = unsafe delegate(context) else { return 0 }
    return unsafe delegate.received(headerLine: UnsafeRawBufferPointer(start: bytes, count: size * count))
        ? size * count : 0
}

private func writeCallback(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard size * count > 0, let transfer = unsafe transfer(context) else { return 0 }
    switch unsafe transfer.delegate.received(UnsafeRawBufferPointer(start: bytes, count: size * count)) {
    case .taken: break
    // What libcurl has read still comes; were it refused, libcurl would copy it to keep it.
    case .takenAndFull: unsafe curl_easy_pause(transfer.handle, CURLPAUSE_RECV)
    case .refused: return sovereign_curl_write_pause
    }
    return size * count
}

private func readCallback(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let delegate = unsafe delegate(context) else { return sovereign_curl_read_abort }
    return switch unsafe delegate.provide(UnsafeMutableRawBufferPointer(start: bytes, count: size * count)) {
    case .bytes(let copied): copied
    case .pause: sovereign_curl_read_pause
    case .end: 0
    case .abort: sovereign_curl_read_abort
    }
}
