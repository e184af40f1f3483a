// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// Checks that a certificate leads to a trusted root (RFC 5280 section 6).
public enum CertificateChain {
    /// The most intermediate certificates that are looked at.
    public static let intermediateLimit = 32
    /// The most issuers between a leaf and its root.
    private static let depthLimit: Int32 = 8
    /// OpenSSL's level for 112 bits of security: no SHA-1, no RSA below 2048 bits (NIST SP 800-57).
    private static let securityLevel: Int32 = 2

    /// Verifies a chain for a purpose at a given time; every certificate of it, root included, must be valid then.
    ///
    /// The leaf must name the purpose as a usage; issuers that name usages must name it as well. Revocation is not
    /// looked up: that needs a network and says nothing about a time in the past.
    ///
    /// - Parameter roots: the only anchors that count, self-signed or not; nil for those of the system.
    /// - Throws: `.unverified` with the reason and the certificate it is about.
    public static func verify(
        leaf: Certificate, intermediates: [Certificate], roots: [Certificate]?, at time: Timestamp,
        for purpose: CertificatePurpose = .codeSigning
    ) throws(Fault) {
        guard leaf.isFor(purpose) else {
            throw Fault(
                .unverified, "the certificate of \(leaf.subject) may not \(purpose.deed)",
                fix: "issue one with the extended key usage \(purpose.name) and the key usage digitalSignature")
        }
        guard intermediates.count <= intermediateLimit else {
            throw Fault(
                .unverified, "the certificate of \(leaf.subject) comes with \(intermediates.count) others",
                fix: "keep only the issuers between it and its root, at most \(intermediateLimit)")
        }
        guard roots?.isEmpty != true else {
            throw Fault(
                .unverified, "there is no root to trust the certificate of \(leaf.subject)",
                fix: "give its root certificate")
        }
        defer { _ = drainOpenSSLErrors() }
        guard let store = unsafe X509_STORE_new() else { throw noMemory() }
        defer { unsafe X509_STORE_free(store) }
        if let roots {
            for root in roots {
                guard unsafe X509_STORE_add_cert(store, root.handle.pointer) == 1 else { throw noMemory() }
            }
        } else {
            unsafe X509_STORE_set_default_paths(store)
        }
        guard let stack = unsafe sovereign_stack_new() else { throw noMemory() }
        defer { unsafe sovereign_stack_free(stack) }
        for certificate in intermediates {
            unsafe X509_up_ref(certificate.handle.pointer)
            guard unsafe sovereign_stack_push(stack, certificate.handle.pointer) > 0 else {
                unsafe X509_free(certificate.handle.pointer)
                throw noMemory()
            }
        }
        guard let context = unsafe X509_STORE_CTX_new() else { throw noMemory() }
        defer { unsafe X509_STORE_CTX_free(context) }
        guard unsafe X509_STORE_CTX_init(context, store, leaf.handle.pointer, stack) == 1 else { throw noMemory() }
        unsafe X509_STORE_CTX_set_time(context, 0, time_t(time.seconds))
        unsafe X509_STORE_CTX_set_depth(context, depthLimit)
        unsafe X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context), securityLevel)
        if roots != nil { unsafe X509_STORE_CTX_set_flags(context, UInt(X509_V_FLAG_PARTIAL_CHAIN)) }
        guard unsafe X509_verify_cert(context) == 1 else {
            let code = unsafe X509_STORE_CTX_get_error(context)
            let reason = unsafe String(cString: X509_verify_cert_error_string(Int(code)))
            throw untrusted(
                leaf, unsafe name(of: X509_STORE_CTX_get_current_cert(context)), "\(reason) at \(time)", purpose)
        }
        try unsafe checkIssuers(of: leaf, for: purpose, in: context)
    }

    /// OpenSSL 3.0 knows no purpose of code signing, so what issuers may do is checked here for all purposes.
    @unsafe private static func checkIssuers(
        of leaf: Certificate, for purpose: CertificatePurpose, in context: OpaquePointer
    ) throws(Fault) {
        let chain = unsafe X509_STORE_CTX_get0_chain(context)
        let count = unsafe sovereign_stack_count(chain)
        guard count > 0 else { throw untrusted(leaf, nil, "OpenSSL gave no chain", purpose) }
        for index in 1..<max(count, 1) {
            guard let pointer = unsafe sovereign_stack_value(chain, index) else {
                throw untrusted(leaf, nil, "OpenSSL gave no chain", purpose)
            }
            let usage = unsafe CertificateUsage(pointer)
            guard usage.mayIssue(for: purpose) else {
                throw untrusted(
                    leaf, unsafe name(of: pointer), "it may not issue certificates for \(purpose.activity)", purpose)
            }
            // Anchors are trusted by choice, whatever they say about themselves.
            guard usage.isAuthority || index == count - 1 else {
                throw untrusted(leaf, unsafe name(of: pointer), "it may not issue certificates", purpose)
            }
        }
    }

    @unsafe private static func name(of pointer: OpaquePointer?) -> String? {
        guard let pointer = unsafe pointer else { return nil }
        return try? unsafe DistinguishedName(X509_get_subject_name(pointer), source: "the chain").description
    }

    private static func untrusted(
        _ leaf: Certificate, _ culprit: String?, _ reason: String, _ purpose: CertificatePurpose
    ) -> Fault {
        let place = culprit.map { $0 == leaf.subject.description ? "" : " (at \($0))" } ?? ""
        return Fault(
            .unverified, "the certificate of \(leaf.subject) does not lead to a trusted root\(place): \(reason)",
            fix: purpose.chainFix)
    }

    private static func noMemory() -> Fault { openSSLFault(.system, "no certificate chain could be verified") }
}
