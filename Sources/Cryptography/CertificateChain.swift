// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// Checks that a certificate leads to a trusted root.
public enum CertificateChain {
    /// Verifies a chain for code signing at a given time; every certificate of it must be valid then.
    ///
    /// - Parameter roots: the only roots that count; nil for those of the system.
    /// - Throws: `.unverified` with OpenSSL's reason and the certificate it is about.
    public static func verify(
        leaf: Certificate, intermediates: [Certificate], roots: [Certificate]?, at time: Timestamp
    ) throws(Fault) {
        guard leaf.isCodeSigning else {
            throw Fault(
                .unverified, "the certificate of \(leaf.subject) may not sign code",
                fix: "issue one with the extended key usage codeSigning")
        }
        defer { _ = drainOpenSSLErrors() }
        guard let store = unsafe X509_STORE_new(), let context = unsafe X509_STORE_CTX_new(),
            let stack = unsafe sovereign_stack_new()
        else { throw openSSLFault(.system, "no memory to verify a certificate chain") }
        defer {
            unsafe X509_STORE_CTX_free(context)
            unsafe sovereign_stack_free(stack)
            unsafe X509_STORE_free(store)
        }
        if let roots {
            for root in roots { unsafe X509_STORE_add_cert(store, root.pointer) }
        } else {
            unsafe X509_STORE_set_default_paths(store)
        }
        for certificate in intermediates {
            unsafe X509_up_ref(certificate.pointer)
            guard unsafe sovereign_stack_push(stack, certificate.pointer) > 0 else {
                unsafe X509_free(certificate.pointer)
                throw openSSLFault(.system, "no memory to verify a certificate chain")
            }
        }
        guard unsafe X509_STORE_CTX_init(context, store, leaf.pointer, stack) == 1 else {
            throw openSSLFault(.system, "a certificate chain could not be verified")
        }
        unsafe X509_STORE_CTX_set_time(context, 0, time_t(time.seconds))
        // The purpose of intermediates is checked by hand: OpenSSL 3.0 has no purpose for code signing.
        guard unsafe X509_verify_cert(context) == 1 else {
            let code = unsafe X509_STORE_CTX_get_error(context)
            let reason = unsafe String(cString: X509_verify_cert_error_string(Int(code)))
            throw Fault(
                .unverified, "the certificate of \(leaf.subject) does not lead to a trusted root: \(reason)",
                fix: "check the roots (--ca-cert) and that the signature carries all intermediate certificates")
        }
    }
}
