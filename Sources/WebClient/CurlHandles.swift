// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Web

/// What libcurl tells about one transfer, always on the client's thread.
protocol CurlTransferDelegate: AnyObject {
    /// One header line without its line end; an empty line ends the headers.
    func received(headerLine: String)
    /// Body bytes; false pauses the transfer, and the same bytes come again later.
    func received(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool
    /// Wants up to so many bytes of the request's body.
    func provide(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> CurlUpload
}

/// What the request's body has to offer.
enum CurlUpload {
    /// So many bytes were copied.
    case bytes(Int)
    /// Nothing now; the transfer is paused.
    case pause
    /// There is no more.
    case end
    /// The source failed; the transfer is given up.
    case abort
}

/// Holds the delegate for libcurl's callbacks.
final class CurlContext {
    let id: Int
    unowned let delegate: any CurlTransferDelegate
    init(id: Int, delegate: any CurlTransferDelegate) { (self.id, self.delegate) = (id, delegate) }
}

/// One easy handle with its header list, owned once.
@safe final class CurlEasy {
    // Proof for `@safe`: created, used and freed on the client's thread; the context outlives the handle, since both
    // are fields of this object and the handle is removed from the multi handle before this object goes.
    let handle: UnsafeMutableRawPointer
    private var headers: UnsafeMutablePointer<curl_slist>?
    private let context: CurlContext

    init(_ context: CurlContext) throws(Fault) {
        guard let handle = unsafe curl_easy_init() else { throw Fault(.system, "libcurl has no memory for a request") }
        unsafe self.handle = handle
        self.context = context
        unsafe sovereign_curl_set_callbacks(
            handle, headerCallback, writeCallback, readCallback, Unmanaged.passUnretained(context).toOpaque())
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(headers)
    }

    func set(_ option: CURLoption, _ value: Int) { unsafe sovereign_curl_set_long(handle, option, value) }
    func set(_ option: CURLoption, offset: Int64) {
        unsafe sovereign_curl_set_offset(handle, option, curl_off_t(offset))
    }
    func set(_ option: CURLoption, _ value: String) { unsafe sovereign_curl_set_string(handle, option, value) }
    func set(_ option: CURLoption, blob: String) {
        let bytes = Array(blob.utf8)
        unsafe sovereign_curl_set_blob(handle, option, bytes, bytes.count)
    }
    func add(header line: String) { unsafe headers = curl_slist_append(headers, line) }
    func applyHeaders() { unsafe sovereign_curl_set_headers(handle, headers) }

    /// Lets a paused transfer go on. May call the callbacks before it returns.
    func unpause() { unsafe curl_easy_pause(handle, CURLPAUSE_CONT) }
}

/// The multi handle; used on the client's thread but for `wakeup`, which libcurl allows from any.
@safe final class CurlMulti: @unchecked Sendable {
    // Proof of Sendable: all calls but `wakeup` are made on the client's thread (the executor's loop and the actor's jobs).
    private let handle: UnsafeMutableRawPointer

    /// curl_global_init is not safe beside other threads; a static is initialised once, before any handle is made.
    private static let isInitialised: Bool = { curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK }()

    init() {
        precondition(Self.isInitialised, "libcurl could not be initialised")
        guard let handle = unsafe curl_multi_init() else { fatalError("libcurl is out of memory") }
        unsafe self.handle = handle
        unsafe sovereign_curl_multi_set_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, 16)
    }
    deinit { unsafe curl_multi_cleanup(handle) }

    func wakeup() { unsafe curl_multi_wakeup(handle) }
    func add(_ easy: CurlEasy) { unsafe curl_multi_add_handle(handle, easy.handle) }
    func remove(_ easy: CurlEasy) { unsafe curl_multi_remove_handle(handle, easy.handle) }

    /// Moves bytes, reports what ended, then waits for more to do, at most a second.
    func runOnce(_ finished: (_ id: Int, _ code: CURLcode) -> Void) {
        var running: CInt = 0
        unsafe curl_multi_perform(handle, &running)
        var left: CInt = 0
        while let message = unsafe curl_multi_info_read(handle, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            let code = unsafe sovereign_curl_message_result(message)
            var context: UnsafeMutableRawPointer?
            unsafe sovereign_curl_get_private(message.pointee.easy_handle, &context)
            guard let context = unsafe context else { continue }
            finished(unsafe Unmanaged<CurlContext>.fromOpaque(context).takeUnretainedValue().id, code)
        }
        unsafe curl_multi_poll(handle, nil, 0, 1000, nil)
    }
}

/// libcurl's sentence for a code.
func curlReason(_ code: CURLcode) -> String { unsafe String(cString: curl_easy_strerror(code)) }

private func delegate(_ context: UnsafeMutableRawPointer?) -> (any CurlTransferDelegate)? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<CurlContext>.fromOpaque(context).takeUnretainedValue().delegate
}

private func headerCallback(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes = unsafe bytes, let delegate = unsafe delegate(context) else { return 0 }
    let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
    delegate.received(headerLine: unsafe String(decoding: buffer, as: UTF8.self).trimmed)
    return count
}

private func writeCallback(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard count > 0 else { return 0 }
    guard let bytes = unsafe bytes, let delegate = unsafe delegate(context) else { return 0 }
    return unsafe UnsafeMutableRawPointer(bytes).withMemoryRebound(to: UInt8.self, capacity: count) {
        unsafe delegate.received(UnsafeBufferPointer(start: $0, count: count)) ? count : sovereign_curl_write_pause
    }
}

private func readCallback(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes = unsafe bytes, let delegate = unsafe delegate(context) else { return sovereign_curl_read_abort }
    let capacity = size * count
    return unsafe UnsafeMutableRawPointer(bytes).withMemoryRebound(to: UInt8.self, capacity: capacity) {
        switch unsafe delegate.provide(UnsafeMutableBufferPointer(start: $0, count: capacity)) {
        case .bytes(let copied): copied
        case .pause: sovereign_curl_read_pause
        case .end: 0
        case .abort: sovereign_curl_read_abort
        }
    }
}
