// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Glibc

/// A certificate with its key, and the authorities that vouch for clients, as GnuTLS wants them. Each connection keeps
/// those that its handshake began with; they are freed with the last.
@safe final class TLSCredentials: @unchecked Sendable {
    // Proof of Sendable: filled by the initialiser, and only read by handshakes afterwards, which GnuTLS allows at once.
    private let pointer: gnutls_certificate_credentials_t
    let clients: ServerTLS.Clients

    /// Throws `.invalid` when certificate and key are no PEM or do not fit, or when the authorities are none.
    init(_ tls: ServerTLS) throws(Fault) {
        var made: gnutls_certificate_credentials_t?
        guard unsafe gnutls_certificate_allocate_credentials(&made) == 0, let made = unsafe made else {
            throw Fault.system(ENOMEM, "hold a certificate")
        }
        (unsafe pointer, clients) = (unsafe made, tls.clients)
        let isPair = unsafe Self.withDatum(tls.certificate) { certificate in
            unsafe Self.withDatum(tls.key) { key in
                unsafe gnutls_certificate_set_x509_key_mem(made, certificate, key, GNUTLS_X509_FMT_PEM) == 0
            }
        }
        guard isPair else {
            throw Fault(.invalid, "certificate and key are not accepted", fix: "give both as PEM, made for each other")
        }
        guard let authorities = tls.authorities else { return }
        let count = unsafe Self.withDatum(authorities) {
            unsafe gnutls_certificate_set_x509_trust_mem(made, $0, GNUTLS_X509_FMT_PEM)
        }
        guard count > 0 else {
            throw Fault(.invalid, "the authorities that vouch for clients are not accepted", fix: "give them as PEM")
        }
    }

    deinit { unsafe gnutls_certificate_free_credentials(pointer) }

    /// Sets what a connection's handshake, which has not begun, is done with.
    func apply(to connection: ConnectionHandle) {
        guard let session = unsafe sovereign_mhd_session(connection.pointer) else { return }
        unsafe gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(pointer))
        if case .anonymous = clients { return }
        unsafe gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST)
    }

    private static func withDatum(
        _ text: String, _ body: (UnsafePointer<gnutls_datum_t>) -> Int32
    ) -> Int32 {
        var bytes = Array(text.utf8)
        let count = UInt32(clamping: bytes.count)
        // Proof: GnuTLS reads the bytes, which live until the body has returned.
        return unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            var datum = unsafe gnutls_datum_t(data: buffer.baseAddress, size: count)
            return unsafe body(&datum)
        }
    }
    private static func withDatum(_ text: String, _ body: (UnsafePointer<gnutls_datum_t>) -> Bool) -> Bool {
        unsafe withDatum(text) { unsafe body($0) ? 1 : Int32(0) } == 1
    }
}
