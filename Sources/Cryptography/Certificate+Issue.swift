// SPDX-License-Identifier: Apache-2.0

public import Basics

extension Certificate {
    /// Issues a certificate that is signed with its own key: a new authority.
    ///
    /// Throws `.invalid` for a template that makes no certificate, `.unsupported` for keys other than P-256.
    public static func selfSigned(_ template: CertificateTemplate, key: PrivateKey) throws(Fault) -> Certificate {
        let subject = subject(of: template)
        return try make(
            template, subject: subject, publicKey: key.publicKey, issuer: subject,
            issuerKeyID: keyID(of: key.publicKey), signedWith: key)
    }

    /// Issues a certificate for a key in the name of this authority, whose key is given.
    ///
    /// Throws `.invalid` when this is no authority, the key is not its own, or the certificate would be valid when the
    /// authority is not.
    public func issue(
        _ template: CertificateTemplate, for publicKey: PublicKey, key: PrivateKey
    ) throws(Fault) -> Certificate {
        guard handle.usage.isAuthority else {
            throw Fault(.invalid, "\(subject) may not issue certificates", fix: "name the certificate of an authority")
        }
        guard key.publicKey == self.publicKey else {
            throw Fault(.invalid, "the key is not that of \(subject)", fix: "give the key that belongs to it")
        }
        guard template.purpose != .authority else {
            throw Fault(.invalid, "no authorities below others are made here", fix: "make one that signs itself")
        }
        guard template.notBefore >= notBefore, template.notAfter <= notAfter else {
            throw Fault(
                .invalid, "a certificate of \(subject) would be valid when \(subject) is not",
                fix: "shorten its time, or make a new authority")
        }
        return try Self.make(
            template, subject: Self.subject(of: template), publicKey: publicKey, issuer: handle.subjectEncoding,
            issuerKeyID: handle.subjectKeyID, signedWith: key)
    }

    private static func make(
        _ template: CertificateTemplate, subject: [UInt8], publicKey: PublicKey, issuer: [UInt8], issuerKeyID: [UInt8]?,
        signedWith key: PrivateKey
    ) throws(Fault) -> Certificate {
        if let problem = template.problem {
            throw Fault(.invalid, "the certificate of “\(template.commonName.prefix(80))” is not made: \(problem)")
        }
        guard key.publicKey.kind == .ecdsaP256 else {
            throw Fault(
                .unsupported, "certificates are not signed with \(key.publicKey.kind) keys here", fix: "use ECDSA P-256"
            )
        }
        var serial = SecureRandom.bytes(16)
        serial[0] = serial[0] & 0x3F | 0x40  // positive, and always as long
        let extensions = extensions(template, publicKey, issuerKeyID)
        let body = DERText.sequence(
            DERText.value(0xA0, DERText.integer([2])), DERText.integer(serial), DERText.ecdsaWithSHA256, issuer,
            DERText.sequence(DERText.time(template.notBefore), DERText.time(template.notAfter)), subject,
            publicKey.handle.publicKeyInfo, DERText.value(0xA3, DERText.value(DERText.sequenceTag, extensions)))
        let signature = try key.sign(Digest(of: body), scheme: .ecdsaP256)
        let der = DERText.sequence(body, DERText.ecdsaWithSHA256, DERText.bitString(signature))
        return try Certificate(der: der, source: "the new certificate")
    }

    private static func subject(of template: CertificateTemplate) -> [UInt8] {
        let names =
            template.organizations.map { (DERText.organization, $0) } + [(DERText.commonName, template.commonName)]
        let parts = names.flatMap { (type, text) in
            DERText.value(0x31, DERText.sequence(type, DERText.value(0x0C, Array(text.utf8))))
        }
        return DERText.value(DERText.sequenceTag, parts)
    }

    private static func extensions(
        _ template: CertificateTemplate, _ publicKey: PublicKey, _ issuerKeyID: [UInt8]?
    ) -> [UInt8] {
        let isAuthority = template.purpose == .authority
        // An authority has no others below it: pathLenConstraint 0.
        let constraints =
            isAuthority ? DERText.sequence(DERText.value(0x01, [0xFF]), DERText.integer([0])) : DERText.sequence()
        // keyCertSign and cRLSign; digitalSignature (RFC 5280 section 4.2.1.3).
        let usage = DERText.value(DERText.bitStringTag, isAuthority ? [1, 0x06] : [7, 0x80])
        var parts = DERText.certificateExtension([0x55, 0x1D, 0x13], isCritical: true, constraints)
        parts += DERText.certificateExtension([0x55, 0x1D, 0x0F], isCritical: true, usage)
        if !isAuthority {
            let purpose: [UInt8] = [0x2B, 6, 1, 5, 5, 7, 3, template.purpose == .server ? 1 : 2]
            parts += DERText.certificateExtension([0x55, 0x1D, 0x25], DERText.sequence(DERText.value(0x06, purpose)))
        }
        parts += DERText.certificateExtension([0x55, 0x1D, 0x0E], DERText.value(0x04, keyID(of: publicKey)))
        if let issuerKeyID {
            parts += DERText.certificateExtension(
                [0x55, 0x1D, 0x23], DERText.sequence(DERText.value(0x80, issuerKeyID)))
        }
        let names =
            template.hosts.flatMap { DERText.value(0x82, Array($0.utf8)) }
            + template.addresses.flatMap { DERText.value(0x87, $0) }
        if !names.isEmpty {
            parts += DERText.certificateExtension([0x55, 0x1D, 0x11], DERText.value(DERText.sequenceTag, names))
        }
        return parts
    }

    /// The first 160 bits of SHA-256 of the key's bits (RFC 7093 section 2).
    private static func keyID(of key: PublicKey) -> [UInt8] {
        var info = key.handle.publicKeyInfo[...]
        guard var parts = DERText.take(DERText.sequenceTag, from: &info),
            DERText.take(DERText.sequenceTag, from: &parts) != nil,
            let bits = DERText.take(DERText.bitStringTag, from: &parts)
        else { return Array(key.fingerprint.bytes.prefix(20)) }
        return Array(Digest(of: Array(bits.dropFirst())).bytes.prefix(20))
    }
}

extension DERText {
    fileprivate static let ecdsaWithSHA256 = sequence(value(0x06, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2]))
    fileprivate static let organization = value(0x06, [0x55, 0x04, 0x0A])
    fileprivate static let commonName = value(0x06, [0x55, 0x04, 0x03])

    fileprivate static func certificateExtension(
        _ identifier: [UInt8], isCritical: Bool = false, _ content: [UInt8]
    ) -> [UInt8] {
        sequence(value(0x06, identifier), isCritical ? value(0x01, [0xFF]) : [], value(0x04, content))
    }

    /// UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 section 4.1.2.5).
    fileprivate static func time(_ moment: Timestamp) -> [UInt8] {
        let digits = moment.description.utf8.filter { (0x30...0x39).contains($0) } + [UInt8(ascii: "Z")]
        return moment.seconds < 2_524_608_000 ? value(0x17, Array(digits.dropFirst(2))) : value(0x18, digits)
    }
}
