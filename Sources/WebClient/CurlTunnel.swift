// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Glibc
internal import Web

/// A connection that libcurl makes and secures, and whose bytes are ours. For one thread.
final class CurlTunnel {
    /// How a step went.
    enum Step { case moved(Int), wait, ended }

    private let easy: CurlEasy
    private let url: HTTPURL
    private let settings: HTTPClientSettings
    let socket: Int32

    /// Connects; blocks until there is a connection, or a reason why not.
    init(_ request: HTTPRequest, _ settings: HTTPClientSettings) throws(Fault) {
        easy = try CurlEasy(id: 0, delegate: NoTransfer())
        (url, self.settings) = (request.url, settings)
        try CurlRequest(request: request, settings: settings).apply(to: easy)
        easy.set(CURLOPT_CONNECT_ONLY, 1)
        easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // A proxy hands bytes on, whatever they are.
        easy.set(CURLOPT_HTTPPROXYTUNNEL, 1)
        let code = unsafe curl_easy_perform(easy.handle)
        guard code == CURLE_OK else { throw TransferFailure(easy.outcome(code), url, settings).fault }
        var socket: curl_socket_t = -1
        unsafe sovereign_curl_get_socket(easy.handle, &socket)
        guard socket >= 0 else { throw Fault(.unavailable, "there is no connection to \(url.origin.hostAndPort)") }
        self.socket = socket
    }

    /// Sends what the connection takes now.
    func send(_ bytes: Chunk) throws(Fault) -> Step {
        var sent = 0
        let code = unsafe bytes.withUnsafeBytes { unsafe curl_easy_send(easy.handle, $0.baseAddress, $0.count, &sent) }
        if code == CURLE_AGAIN { return .wait }
        guard code == CURLE_OK else { throw lost }
        return .moved(sent)
    }

    /// Receives what is there.
    func receive(into buffer: inout [UInt8]) throws(Fault) -> Step {
        var received = 0
        let code = unsafe buffer.withUnsafeMutableBytes {
            unsafe curl_easy_recv(easy.handle, $0.baseAddress, $0.count, &received)
        }
        if code == CURLE_AGAIN { return .wait }
        guard code == CURLE_OK else { throw lost }
        return received == 0 ? .ended : .moved(received)
    }

    private var lost: Fault {
        Fault(.unavailable, "the connection to \(url.origin.hostAndPort) was lost", fix: "run it again")
    }
}

/// What hears nothing, since libcurl transfers nothing by itself.
private final class NoTransfer: CurlTransferDelegate {
    func received(headerLine: UnsafeRawBufferPointer) -> Bool { true }
    func received(_ bytes: UnsafeRawBufferPointer) -> ReceivedBytes.Addition { .taken }
    func provide(_ buffer: UnsafeMutableRawBufferPointer) -> CurlUpload { .end }
    func deliver() {}
    func isStalled(at now: ContinuousClock.Instant, isConnected: Bool) -> Bool { false }
    func finished(_ outcome: CurlOutcome) {}
}
