// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@testable import AccessControl

@Suite("Client certificates") struct CertificateLoginTests {
    /// `CN=build-01,O=acme` with a mailbox, a host and a URI; valid from 2026-11-21 for a hundred years.
    static let full = """
        -----BEGIN CERTIFICATE-----
        MIIB3zCCAYSgAwIBAgIUMan7Wo/ChL4l5cgeLqdG//5rApQwCgYIKoZIzj0EAwIw
        IjENMAsGA1UECgwEYWNtZTERMA8GA1UEAwwIYnVpbGQtMDEwIBcNMjYxMTIxMjIw
        NTAxWhgPMjEyNjEwMjgyMjA1MDFaMCIxDTALBgNVBAoMBGFjbWUxETAPBgNVBAMM
        CGJ1aWxkLTAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfXYFM6uJiE3hS6yK
        5dnKKwliICgl6h++KVQvLvTzepS/OUVHqNXsCjHdqUC1X6i/ha7PJjh+N90QeY5N
        S+H+YKOBlTCBkjAdBgNVHQ4EFgQU4a3ZaUzvgtrR3Om+5fXYa6uwDtcwHwYDVR0j
        BBgwFoAU4a3ZaUzvgtrR3Om+5fXYa6uwDtcwDwYDVR0TAQH/BAUwAwEB/zA/BgNV
        HREEODA2gQtjaUBhY21lLm9yZ4IRYnVpbGQtMDEuYWNtZS5vcmeGFHNwaWZmZTov
        L2FjbWUub3JnL2NpMAoGCCqGSM49BAMCA0kAMEYCIQDtmxFVmkdLqn+2oaqEVzI1
        Wff83xqxdIIgiXeFTVP+DwIhAPDwvaAWgt+OkO8LgyNrizKuShemdhihGGKDUZwG
        yDCA
        -----END CERTIFICATE-----

        """
    /// `O=acme` with two hosts.
    static let ambiguous = """
        -----BEGIN CERTIFICATE-----
        MIIBmDCCAT6gAwIBAgIUdIzlppRY1gbro96fR3nwBhahrtMwCgYIKoZIzj0EAwIw
        DzENMAsGA1UECgwEYWNtZTAgFw0yNjExMjEyMjA1MDFaGA8yMTI2MTAyODIyMDUw
        MVowDzENMAsGA1UECgwEYWNtZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCJp
        0+hKCtEDQCjHFauuwpqrTD3wFyfOakSZ/TrNuLWFeBUigXw2MQG1wyqXbco9yu8R
        bO7ccrJC8Yl+ne5FEBWjdjB0MB0GA1UdDgQWBBTuyQhuhm2G5NhS3wOJNqDpELyN
        xTAfBgNVHSMEGDAWgBTuyQhuhm2G5NhS3wOJNqDpELyNxTAPBgNVHRMBAf8EBTAD
        AQH/MCEGA1UdEQQaMBiCCmEuYWNtZS5vcmeCCmIuYWNtZS5vcmcwCgYIKoZIzj0E
        AwIDSAAwRQIgcL0LOCmTlRlc14A1RkmcsH2tH9nMZjSppkTvs3OpU78CIQDZcx5C
        SyGFDe8ibL3iYMS5HKKD8bloRMafqqipZ10ZPw==
        -----END CERTIFICATE-----

        """

    static let mappings: [(pem: String, yaml: String, word: String)] = [
        (full, "{name: commonName}", "build-01"), (full, "{name: email}", "ci@acme.org"),
        (full, "{name: dns}", "build-01.acme.org"), (full, "{name: uri}", "spiffe://acme.org/ci"),
        (full, "{name: commonName, users: {build-01: ci}}", "ci"),
        (full, "{name: commonName, users: {build-02: ci}}", "invalid_certificate"),
        (full, "{name: uri, users: {\"spiffe://acme.org/ci\": ci}}", "ci"),
        (full, "{name: commonName, users: {}}", "invalid_certificate"),
        (ambiguous, "{name: dns}", "invalid_certificate"), (ambiguous, "{name: commonName}", "invalid_certificate"),
        (ambiguous, "{name: email}", "invalid_certificate"),
    ]

    @Test("a certificate is the user that the mapping says, or nobody", arguments: mappings.indices)
    func mapped(_ index: Int) async throws {
        let (pem, yaml, word) = Self.mappings[index]
        let fixture = try AccessFixture()
        let access = try fixture.access("certificates: \(yaml)\n")
        let der = try Certificate.all(inPEM: Array(pem.utf8), source: "it")[0].der
        let credentials = AccessFixture.credentials(nil, certificate: der)
        #expect(access.authenticator.known(authorization: nil, certificate: der) == nil)
        #expect(await access.authenticator.authenticate(credentials).word == word)
        let known = access.authenticator.known(authorization: nil, certificate: der)
        #expect(known?.user == (word == "invalid_certificate" ? nil : word))
    }

    @Test("a certificate counts only while it is valid, and never when it is damaged")
    func times() async throws {
        let fixture = try AccessFixture()
        let access = try fixture.access("certificates: {name: commonName, groups: [machines]}\n")
        let der = try Certificate.all(inPEM: Array(Self.full.utf8), source: "it")[0].der
        let credentials = AccessFixture.credentials(nil, certificate: der)
        #expect(await access.authenticator.authenticate(credentials).word == "build-01")
        #expect(access.authenticator.known(authorization: nil, certificate: der)?.groups == ["machines"])
        fixture.clock.setDay(5_000_000_000)
        #expect(access.authenticator.known(authorization: nil, certificate: der) == nil)
        #expect(await access.authenticator.authenticate(credentials).word == "invalid_certificate")
        fixture.clock.setDay(1_700_000_000)
        access.authenticator.forgetAll()
        #expect(await access.authenticator.authenticate(credentials).word == "invalid_certificate")
        let damaged = AccessFixture.credentials(nil, certificate: Array(der.dropLast()))
        #expect(await access.authenticator.authenticate(damaged).word == "invalid_certificate")
    }

    @Test("a certificate is nothing where no mapping is configured, and credentials count before it")
    func without() async throws {
        let der = try Certificate.all(inPEM: Array(Self.full.utf8), source: "it")[0].der
        let fixture = try AccessFixture()
        let access = try fixture.access(AccessFixture.users)
        #expect(access.authenticator.known(authorization: nil, certificate: der) == .anonymous)
        #expect(
            await access.authenticator.authenticate(AccessFixture.credentials(nil, certificate: der)).word
                == "anonymous")
        let both = try fixture.access(AccessFixture.users + "certificates: {name: commonName}\n")
        let header = AccessFixture.basic("alice", "wrong")
        #expect(
            await both.authenticator.authenticate(AccessFixture.credentials(header, certificate: der)).word
                == "wrong_password")
    }
}
