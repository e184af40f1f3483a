// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl

/// The running transfers. It owns their handles, so that libcurl's last call for each is made on its own thread.
@safe final class CurlMulti: @unchecked Sendable {
    // Proof of Sendable: all but `wakeup`, which libcurl allows from any thread, is called on the client's thread: by
    // the executor's loop and by the actor's jobs, which that loop runs.
    private let handle: UnsafeMutableRawPointer
    private var easies: [Int: CurlEasy] = [:]
    private var nextCheck = ContinuousClock.now

    /// How often transfers are asked whether they stand still.
    private static let checkInterval = Duration.milliseconds(250)
    /// Idle connections that are kept.
    private static let idleConnections = 16

    /// curl_global_init is not safe beside other threads; a static is initialised once, before any handle is made.
    private static let isInitialised: Bool = { curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK }()

    init() {
        // Both fail only when memory is out, where Swift itself stops as well.
        precondition(Self.isInitialised, "libcurl could not be initialised")
        guard let handle = unsafe curl_multi_init() else { preconditionFailure("libcurl is out of memory") }
        unsafe self.handle = handle
        unsafe sovereign_curl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, Self.idleConnections)
        // One transfer per connection, also with HTTP/2: on a shared one a download that its reader slows would stop
        // the upload beside it, and a copy within one server would wait for itself.
        unsafe sovereign_curl_multi_set_long(handle, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    }
    deinit { unsafe curl_multi_cleanup(handle) }

    /// Ends `wait`, now or the next time.
    func wakeup() { unsafe curl_multi_wakeup(handle) }

    func add(_ easy: CurlEasy) {
        easies[easy.context.id] = easy
        unsafe curl_multi_add_handle(handle, easy.handle)
    }

    /// Ends a transfer without a word to its delegate.
    func remove(_ id: Int) {
        guard let easy = easies.removeValue(forKey: id) else { return }
        unsafe curl_multi_remove_handle(handle, easy.handle)
    }

    func removeAll() { for id in Array(easies.keys) { remove(id) } }

    /// Lets a paused transfer go on. May call its delegate before it returns.
    func unpause(_ id: Int) { easies[id]?.unpause() }

    /// Moves bytes and reports what ended.
    func perform() {
        var running: CInt = 0
        unsafe curl_multi_perform(handle, &running)
        var left: CInt = 0
        while let message = unsafe curl_multi_info_read(handle, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            let code = unsafe sovereign_curl_message_result(message)
            var context: UnsafeMutableRawPointer?
            unsafe sovereign_curl_get_private(message.pointee.easy_handle, &context)
            guard let context = unsafe context else { continue }
            let id = unsafe Unmanaged<CurlContext>.fromOpaque(context).takeUnretainedValue().id
            guard let easy = easies[id] else { continue }
            let outcome = easy.outcome(code)
            remove(id)
            easy.context.delegate.finished(outcome)
        }
        check()
    }

    private func check() {
        let now = ContinuousClock.now
        guard now >= nextCheck else { return }
        nextCheck = now + Self.checkInterval
        for (id, easy) in easies where easy.context.delegate.isStalled(at: now, isConnected: easy.isConnected) {
            let outcome = easy.outcome(CURLE_OPERATION_TIMEDOUT)
            remove(id)
            easy.context.delegate.finished(outcome)
        }
    }

    /// Whether `perform` could move more right now.
    func isReady() -> Bool {
        var ready: CInt = 0
        unsafe curl_multi_poll(handle, nil, 0, 0, &ready)
        return ready > 0
    }

    /// Hands out what was received.
    func deliver() { for easy in easies.values { easy.context.delegate.deliver() } }

    /// Waits for the network, for `wakeup`, or for the next check.
    func wait() {
        let limit = easies.isEmpty ? Duration.seconds(60) : Self.checkInterval
        unsafe curl_multi_poll(handle, nil, 0, CInt(limit / .milliseconds(1)), nil)
    }
}
