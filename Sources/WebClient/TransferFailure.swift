// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Glibc
internal import Web

/// Why a transfer failed, what to do about it, and whether another try makes sense.
struct TransferFailure: Error {
    /// Whether the same request may be sent again.
    enum Retry { case never, ifIdempotent, always }

    let fault: Fault
    let retry: Retry
    /// Whether not even a connection came about.
    var isUnreachable = false

    init(_ fault: Fault, retry: Retry) { (self.fault, self.retry) = (fault, retry) }

    /// Reads libcurl's codes; what it says in words is only passed on.
    init(_ outcome: CurlOutcome, _ url: HTTPURL, _ settings: HTTPClientSettings) {
        let host = url.origin.hostAndPort
        switch outcome.code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self.init(
                Fault(
                    .unavailable, "cannot reach \(host): the name \(url.host) is not known",
                    fix: "check the name, the network and the proxy settings"), retry: .always)
            isUnreachable = true
        case CURLE_COULDNT_CONNECT:
            let reason =
                outcome.systemError == 0 ? outcome.detail : unsafe String(cString: strerror(outcome.systemError))
            self.init(
                Fault(
                    .unavailable, "cannot reach \(host): \(reason.lowercased())",
                    fix: "check host and port, and whether the server runs"), retry: .always)
            isUnreachable = true
        case CURLE_OPERATION_TIMEDOUT where !outcome.hasSentRequest:
            self.init(
                Fault(
                    .unavailable, "cannot reach \(host): no connection within \(Self.text(settings.connectTimeout))",
                    fix: "check host and port, and whether a firewall stands in between"), retry: .always)
            isUnreachable = true
        case CURLE_OPERATION_TIMEDOUT:
            self.init(
                Fault(
                    .unavailable, "\(host) has stopped answering for \(Self.text(settings.idleTimeout))",
                    fix: "run it again; the network or the server is slow"), retry: .ifIdempotent)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM:
            self.init(Self.certificateFault(outcome, url), retry: .never)
        case CURLE_SSL_CONNECT_ERROR where outcome.systemError == 0:
            self.init(Self.handshakeFault(outcome, url), retry: .never)
        case CURLE_RECV_ERROR where url.scheme == "https" && TLSReason(outcome.detail)?.isAlert == true:
            self.init(Self.handshakeFault(outcome, url), retry: .never)
        case CURLE_PARTIAL_FILE:
            self.init(
                Fault(
                    .unavailable, "\(host) ended the connection in the middle of \(url.redacted)", fix: "run it again"),
                retry: .ifIdempotent)
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_SSL_CONNECT_ERROR, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            self.init(
                Fault(.unavailable, "the connection to \(host) was lost", fix: "run it again"),
                retry: outcome.hasSentRequest ? .ifIdempotent : .always)
        case CURLE_SEND_FAIL_REWIND:
            // A connection that was kept had died; libcurl would have sent the request again, had it all of the body.
            // The server may have kept what it got of it.
            self.init(
                Fault(.unavailable, "the connection to \(host) was lost", fix: "run it again"), retry: .ifIdempotent)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            self.init(
                Fault(.invalid, "\(host) does not answer with HTTP", fix: "check the port and the scheme"),
                retry: .never)
        case CURLE_OUT_OF_MEMORY:
            // libcurl's way to say that a single header line has more than 100 KiB.
            self.init(HTTPHeadParser.tooLarge(host, settings.headerLimit), retry: .never)
        case CURLE_ABORTED_BY_CALLBACK:
            self.init(Fault(.cancelled, "the transfer with \(host) was cancelled"), retry: .never)
        default:
            self.init(
                Fault(.unavailable, "the transfer with \(host) failed: \(outcome.detail)", fix: "run it again"),
                retry: .ifIdempotent)
        }
    }

    private static func text(_ duration: Duration) -> String { "\(decimal(duration / .seconds(1), digits: 0)) s" }
}
