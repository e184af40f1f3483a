// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import TestServers
import Testing

@Suite("Keys that do not fit") struct BadKeyTests {
    @Test("a signature does not verify with another key") func otherKey() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let other = try PrivateKey.generate(.rsa(bits: 2048))
        try workshop.write("other.pem", other.publicKey.pem())
        for command in [
            ["verify", "cv", "--public-key", "other.pem", "\(workshop.archive)//\(Workshop.product)"],
            [
                "transfer", "cv", "--recursive", "--verify", "release=other.pem",
                "\(workshop.archive)//\(Workshop.product)", "copy",
            ],
        ] {
            let result = try await workshop.ocm(command)
            #expect(result.status == 3, "\(result.errors)")
            #expect(result.errors.contains("release") && result.errors.contains("fix: "), "\(result.errors)")
        }
        #expect(!FileSystem.exists("\(workshop.path)/copy"))
    }

    @Test(
        "a file that holds no usable key is named, and nothing is signed",
        arguments: [
            ("public.pem", "public.pem"), ("leaf.txt", "leaf.txt"), ("absent.pem", "absent.pem"), (".", "."),
            ("small.pem", "1024"),
        ])
    func noKey(file: String, named: String) async throws {
        let workshop = try Workshop()
        try await workshop.done("add", "cv", "--create", "--file", workshop.archive, "constructor.yaml")
        let openssl = try #require(ServerProgram.find("openssl"))
        _ = try await ChildProcess.run(
            [openssl, "genrsa", "-out", "small.pem", "1024"], workingFolder: workshop.path)
        let before = try Workshop.files(in: workshop.archive)
        let result = try await workshop.ocm(
            "sign", "cv", "--signature", "release", "--private-key", file, "--recursive",
            "\(workshop.archive)//\(Workshop.product)")
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains(named) && result.errors.contains("fix: "), "\(result.errors)")
        #expect(try Workshop.files(in: workshop.archive) == before)
    }

    @Test(
        "a key that nobody may read is refused, one that is open to others is warned of, named or configured",
        arguments: [true, false])
    func permissions(isNamed: Bool) async throws {
        let workshop = try Workshop()
        try await workshop.done("add", "cv", "--create", "--file", workshop.archive, "constructor.yaml")
        let before = try Workshop.files(in: workshop.archive)
        if !isNamed { try workshop.write(".ocmconfig", JourneyTests.credentials(workshop)) }
        let sign =
            ["sign", "cv", "--signature", "release", "--recursive", "\(workshop.archive)//\(Workshop.product)"]
            + (isNamed ? ["--private-key", "private.pem"] : [])
        try FileSystem.setMode(workshop.privateKey, 0o000)
        let refused = try await workshop.ocm(sign)
        #expect(refused.status == 4, "\(refused.errors)")
        #expect(refused.errors.contains("private.pem") && refused.errors.contains("chmod 600"), "\(refused.errors)")
        #expect(try Workshop.files(in: workshop.archive) == before)
        for mode: UInt32 in [0o640, 0o604, 0o666] {
            try FileSystem.setMode(workshop.privateKey, mode)
            let signed = try await workshop.ocm(sign + ["--force"])
            #expect(signed.status == 0 && signed.errors.contains("chmod 600"), "\(signed.errors)")
        }
        try FileSystem.setMode(workshop.privateKey, 0o600)
        let quiet = try await workshop.ocm(sign + ["--force"])
        #expect(quiet.status == 0 && !quiet.errors.contains("warning"), "\(quiet.errors)")
    }

    @Test("a key may come through a pipe, as from a store of secrets") func pipe() async throws {
        let workshop = try Workshop()
        try await workshop.done("add", "cv", "--create", "--file", workshop.archive, "constructor.yaml")
        let script = """
            "\(OCM.path)" sign cv --signature release --private-key <(cat private.pem) --recursive \
            "archive//\(Workshop.product)"
            """
        let signed = try await ChildProcess.run(
            ["bash", "-c", script], environment: Environment(["HOME": workshop.path, "PATH": "/usr/bin:/bin"]),
            workingFolder: workshop.path)
        #expect(signed.status == 0, "\(signed.errors)")
        #expect(try await workshop.verify(workshop.archive).status == 0)
    }
}
