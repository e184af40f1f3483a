// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// What a certificate is used for, which it must name as an extended key usage (RFC 5280 section 4.2.1.12).
public enum CertificatePurpose: Sendable, Hashable {
    /// To verify signatures of code: 1.3.6.1.5.5.7.3.3.
    case codeSigning
    /// To authenticate the server of a TLS connection: 1.3.6.1.5.5.7.3.1.
    case server
    /// To authenticate the client of a TLS connection: 1.3.6.1.5.5.7.3.2.
    case client

    /// OpenSSL's bit for it.
    var flag: UInt32 {
        switch self {
        case .codeSigning: UInt32(XKU_CODE_SIGN)
        case .server: UInt32(XKU_SSL_SERVER)
        case .client: UInt32(XKU_SSL_CLIENT)
        }
    }

    /// What somebody with another certificate may not do.
    var deed: String {
        switch self {
        case .codeSigning: "sign code"
        case .server: "authenticate a server"
        case .client: "authenticate a client"
        }
    }

    /// Its name in configurations of OpenSSL.
    var name: String {
        switch self {
        case .codeSigning: "codeSigning"
        case .server: "serverAuth"
        case .client: "clientAuth"
        }
    }

    /// What it is that issuers issue certificates for.
    var activity: String { self == .codeSigning ? "code signing" : name }

    /// What to do about a chain that does not lead to a root.
    var chainFix: String {
        self == .codeSigning
            ? "check the trusted roots, and that the signature carries all intermediate certificates"
            : "use a certificate that the trusted authority has issued"
    }
}
