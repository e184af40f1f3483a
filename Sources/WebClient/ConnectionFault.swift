// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Web

/// Says why a transfer failed, and what to do about it.
enum ConnectionFault {
    static func fault(_ code: CURLcode, _ url: HTTPURL, isUpload: Bool) -> Fault {
        let host = "\(url.origin.host):\(url.origin.port)"
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return Fault(
                .unavailable, "cannot find the host \(url.origin.host)", fix: "check the name and the network",
                cause: NeverArrived(description: curlReason(code).lowercased()))
        case CURLE_COULDNT_CONNECT:
            return Fault(
                .unavailable, "cannot reach \(host): nobody answers there",
                fix: "check host and port, and whether the server runs",
                cause: NeverArrived(description: curlReason(code).lowercased()))
        case CURLE_OPERATION_TIMEDOUT:
            return Fault(.unavailable, "\(host) stopped answering", fix: "try again; the network or the server is slow")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            return Fault(
                .unavailable, "the certificate of \(host) is not trusted: \(curlReason(code).lowercased())",
                fix:
                    "add its authority: set SSL_CERT_FILE, or certificateAuthorityFile for the host in the configuration"
            )
        case CURLE_SSL_CONNECT_ERROR:
            return Fault(
                .unavailable, "no secure connection to \(host) came about",
                fix: "if the server speaks plain HTTP, write http://\(host)")
        case CURLE_SSL_CERTPROBLEM:
            return Fault(
                .invalid, "the client certificate for \(host) cannot be used", fix: "check certificate and key")
        case CURLE_PARTIAL_FILE:
            return Fault(
                .unavailable, "\(host) ended the connection in the middle of \(url.redacted)", fix: "run it again")
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            return Fault(.unavailable, "the connection to \(host) was lost", fix: "run it again")
        case CURLE_ABORTED_BY_CALLBACK: return Fault(.cancelled, "the transfer from \(host) was cancelled")
        default:
            return Fault(
                .unavailable,
                "\(isUpload ? "sending to" : "reading from") \(url.redacted) failed: \(curlReason(code).lowercased())")
        }
    }
}

extension Fault {
    /// Whether no byte of the request can have reached the server.
    var neverArrived: Bool { (cause as? NeverArrived) != nil }
}

/// Marks a failure before any connection came about.
struct NeverArrived: Error, CustomStringConvertible {
    let description: String
}
