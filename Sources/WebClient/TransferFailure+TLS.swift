// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Web

extension TransferFailure {
    /// What is wrong with a certificate, theirs or ours.
    static func certificateFault(_ outcome: CurlOutcome, _ url: HTTPURL) -> Fault {
        let host = url.origin.hostAndPort
        let trust =
            "add its authority: set SSL_CERT_FILE to a bundle with it, or certificateAuthorityFile for \(url.host) in the configuration"
        switch outcome.code {
        case CURLE_SSL_CACERT_BADFILE:
            return Fault(
                .invalid, "the certificate authorities for \(host) cannot be read",
                fix: "check SSL_CERT_FILE and the configured authority; they must be PEM")
        case CURLE_SSL_CERTPROBLEM:
            return Fault(
                .invalid, "our certificate for \(host) cannot be used: \(outcome.detail)",
                fix: "check that certificate and key are PEM and belong together")
        default: break
        }
        // X509_V_ERR_… of OpenSSL's x509_vfy.h. 1 is what libcurl leaves there while it compares names by itself.
        let (problem, fix): (String, String) =
            switch outcome.verifyResult {
            case 0, 1, 62:
                ("it is for another host name", "use the name in the certificate, or have one issued for \(url.host)")
            case 9: ("it is not valid yet", "check the clock of both machines")
            case 10: ("it has expired", "have the server's certificate renewed; check the clock of this machine")
            case 18: ("it is signed by itself", trust)
            case 19: ("its chain ends in an authority that is not trusted here", trust)
            case 2, 20, 21, 27: ("its issuer is not trusted here", trust)
            case 23: ("it has been revoked", "have the server's certificate replaced")
            case 66, 67, 68: ("its key or signature is too weak", "have the server's certificate replaced")
            default: ("\(outcome.detail) (\(outcome.verifyResult))", trust)
            }
        return Fault(.unverified, "the certificate of \(host) is not accepted: \(problem)", fix: fix)
    }

    /// Why no secure connection came about, though certificates were not the reason on our side.
    static func handshakeFault(_ outcome: CurlOutcome, _ url: HTTPURL) -> Fault {
        let host = url.origin.hostAndPort
        let reason = TLSReason(outcome.detail)
        if reason?.isWrongVersion == true {
            return Fault(
                .unavailable, "\(host) does not speak TLS", fix: "if it is meant to be plain HTTP, write http://\(host)"
            )
        }
        if reason?.isAboutOurCertificate == true {
            return Fault(
                .unauthorized, "\(host) does not accept our certificate, or the lack of one: \(outcome.detail)",
                fix: "configure certificate and privateKey for \(url.host)")
        }
        return Fault(
            .unavailable, "no secure connection to \(host) came about: \(outcome.detail)",
            fix: "check that the server offers TLS 1.2 or newer")
    }
}

/// OpenSSL's packed error number, which libcurl passes on only within its text: `error:0A00045C:SSL routines::…`.
struct TLSReason {
    private let reason: Int

    init?(_ text: String) {
        guard let mark = text.firstRange(of: "error:"), let number = Int(text[mark.upperBound...].prefix(8), radix: 16)
        else { return nil }
        // ERR_GET_LIB: 20 is the SSL library; ERR_GET_REASON: the lower 23 bits.
        guard number >> 23 & 0xFF == 20 else { return nil }
        reason = number & 0x7F_FFFF
    }

    /// The number of the alert that the other side sent (RFC 8446 section 6), from SSL_AD_REASON_OFFSET.
    private var alert: Int? { (1000...1255).contains(reason) ? reason - 1000 : nil }
    /// Whether the other side said why it ends the connection.
    var isAlert: Bool { alert != nil }
    /// handshake_failure, bad, unsupported, revoked, expired, unknown certificate, unknown_ca, access_denied,
    /// certificate_required.
    var isAboutOurCertificate: Bool { alert.map { [40, 42, 43, 44, 45, 46, 48, 49, 116].contains($0) } ?? false }
    /// SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_UNEXPECTED_MESSAGE … of
    /// something that is no TLS record.
    var isWrongVersion: Bool { [267, 156, 198].contains(reason) }
}
