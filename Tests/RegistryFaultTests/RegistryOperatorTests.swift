// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestServers
import Testing
import Web
import WebClient

@Suite("What an operator asks of a registry, served or not") struct RegistryOperatorTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder(prefix: "operator") }

    private func sovereign(_ arguments: String...) async throws -> ChildProcess.Result {
        try await ChildProcess.run([Sovereign.path, "registry"] + arguments, deadline: .seconds(60))
    }

    private func report(_ arguments: String...) async throws -> JSON {
        let result = try await ChildProcess.run(
            [Sovereign.path, "registry"] + arguments + ["-o", "json"], deadline: .seconds(60))
        #expect(result.status == 0, "\(String(decoding: result.stderr, as: UTF8.self))")
        return try JSON(parsing: result.stdout, source: arguments.joined(separator: " "))
    }

    private func serve(_ root: String, _ options: String...) async throws -> (ServerProgram, HTTPURL) {
        let port = try ServerProgram.freePort()
        let program = try ServerProgram(
            [Sovereign.path, "registry", "serve", "--root", root, "--listen", "127.0.0.1:\(port)"] + options,
            log: "\(folder.path)/log-\(port)")
        try await program.waitUntilListening(on: port)
        return (program, try HTTPURL("http://127.0.0.1:\(port)"))
    }

    private func push(_ text: String, digest: String, to url: HTTPURL) async throws -> (Int, String) {
        let target = try HTTPURL("\(url)v2/team/app/blobs/uploads/?digest=\(digest)")
        let request = HTTPRequest(method: .post, url: target, body: .bytes(Array(text.utf8)))
        let answer = try await HTTPClient().open(request, followingRedirects: false)
        return (answer.status, String(decoding: try await answer.body.collect(limit: 1 << 16), as: UTF8.self))
    }

    // SHA-256 of “hello”.
    private let hello = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

    @Test("the same commands work on a registry that is served and on one that is not, however long its path is")
    func commands() async throws {
        let root = "\(folder.path)/" + String(repeating: "a-long-name-of-a-folder/", count: 8) + "registry"
        do {
            let (program, url) = try await serve(root, "--free-space", "0")
            #expect(try await push("hello", digest: hello, to: url).0 == 201)
            #expect(try await report("usage", "--root", root)[0]?["bytes"]?.int == 5)
            let socket = try #require(try FileSystem.entry(at: "\(root)/operator.sock", followLinks: false))
            #expect(socket.mode & 0o777 == 0o600)
            #expect(try await report("gc", "--root", root, "--dry-run", "--grace", "0")["links"]?["count"]?.int == 1)
            #expect(try await report("scrub", "--root", root, "--rate", "1GiB")["checked"]?["bytes"]?.int == 5)
            #expect(try await sovereign("compact", "--root", root).status == 0)
            #expect(try FileSystem.names(in: "\(root)/records") == ["00000002.log"])
            // Another process cannot have it meanwhile.
            #expect(try await sovereign("rebuild", "--root", root).status == 1)
            withExtendedLifetime(program) {}
        }
        while FileSystem.exists("\(root)/operator.sock") {
            try await Task.sleep(for: .milliseconds(10))
        }
        let collected = try await report("gc", "--root", root, "--grace", "0")
        #expect(collected["links"]?["count"]?.int == 1)
        // A content that came within the same second is too young to go, and waits.
        let waiting = collected["waiting"]?["count"]?.int ?? 0
        #expect(waiting + (collected["contents"]?["count"]?.int ?? 0) == 1)
        #expect(try await report("scrub", "--root", root)["unheld"]?["count"]?.int == waiting)
        #expect(try await report("usage", "--root", root)[0]?["bytes"]?.int == 0)
        #expect(try await sovereign("rebuild", "--root", root).status == 0)
    }

    /// A public key to which nobody has the private one.
    private static let key = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgWMPedaV1ZqyHDX7PDNBVuQs0Ei4
        re1EL3Lijyrb3cE+l1DmkYFTWcbbRDwdpTibXRjuBioICAJFy38sQO2Skw==
        -----END PUBLIC KEY-----

        """

    private func put(_ body: String, to url: String, type: String) async throws -> Int {
        let request = HTTPRequest(
            method: .put, url: try HTTPURL(url), headers: ["Content-Type": type], body: .bytes(Array(body.utf8)))
        return try await HTTPClient().open(request, followingRedirects: false).status
    }

    @Test("tags that do not hold are told, and hidden on demand; served, and not served with a configuration")
    func recheck() async throws {
        let root = "\(folder.path)/registry", config = "\(folder.path)/registry.yaml"
        try FileSystem.write(Array(Self.key.utf8), to: "\(folder.path)/release.pub")
        try FileSystem.write(
            Array("root: registry\nsignatures: [{prefix: team, require: [{keys: [release.pub]}]}]\n".utf8), to: config)
        let type = "application/vnd.oci.image.manifest.v1+json"
        let manifest =
            #"{"schemaVersion":2,"mediaType":"\#(type)","config":{"mediaType":"text/plain","digest":"\#(hello)","#
            + #""size":5},"layers":[]}"#
        do {
            let (program, url) = try await serve(root, "--free-space", "0")
            #expect(try await push("hello", digest: hello, to: url).0 == 201)
            #expect(try await put(manifest, to: "\(url)v2/team/app/manifests/v1", type: type) == 201)
            // This process has no rules, so nothing is asked.
            let sound = try await sovereign("recheck", "--root", root)
            #expect(sound.status == 0 && String(decoding: sound.stdout, as: UTF8.self).contains("0 hold, 0 do not"))
            withExtendedLifetime(program) {}
        }
        while FileSystem.exists("\(root)/operator.sock") { try await Task.sleep(for: .milliseconds(10)) }
        for (options, outcome) in [([], "fails"), (["--hide"], "fails, hidden")] {
            let result = try await ChildProcess.run(
                [Sovereign.path, "registry", "recheck", "--config", config] + options, deadline: .seconds(60))
            let text = String(decoding: result.stdout, as: UTF8.self)
            #expect(
                result.status == 3 && text.contains(outcome) && text.contains("0 hold, 1 do not, 0 wait"), "\(text)")
        }
        // The server's own rules count, whoever asks.
        let (program, _) = try await serve(root, "--config", config, "--open-to-everybody")
        let report = try await report("recheck", "--root", root)
        #expect(report["waiting"] == 1 && report["tags"]?[0]?["outcome"] == "waits")
        #expect(report["tags"]?[0]?["since"]?.int ?? 0 > 0 && report["tags"]?[0]?["expires"] == nil)
        withExtendedLifetime(program) {}
    }

    @Test("a registry that was served with rules is not checked without them") func recheckWithoutRules() async throws {
        let root = "\(folder.path)/registry"
        for folder in ["", "/records"] { try FileSystem.makeFolder(root + folder) }
        try FileSystem.write(Array("{}".utf8), to: "\(root)/signature-rules.json")
        let result = try await sovereign("recheck", "--root", root)
        #expect(result.status == 1 && String(decoding: result.stderr, as: UTF8.self).contains("--config"))
    }

    @Test(
        "what does not fit is refused with 507 and the reason",
        arguments: [
            ("--quota", "team/**=4", "quota of 4 B"), ("--free-space", "1000TB", "no room"),
            ("--quota", "other/**=4", ""), ("--quota", "team/*=5", ""),
        ])
    func refused(_ option: String, _ value: String, _ reason: String) async throws {
        // However full this machine's disk is; the last of an option counts.
        let (program, url) = try await serve("\(folder.path)/registry", "--free-space", "0", option, value)
        let (status, body) = try await push("hello", digest: hello, to: url)
        #expect(status == (reason.isEmpty ? 201 : 507), "\(body)")
        #expect(reason.isEmpty || (body.contains("NO_SPACE") && body.contains(reason)), "\(body)")
        withExtendedLifetime(program) {}
    }

    @Test(
        "a folder that is no registry is not made one, and amounts that are none are refused",
        arguments: [
            (["gc"], 1), (["scrub"], 1), (["compact"], 1), (["recheck"], 1), (["usage"], 1),
            (["gc", "--grace", "1y"], 2),
            (["scrub", "--rate", "fast"], 2), (["usage", "--quota", "team"], 2), (["usage", "--quota", "TEAM/*=1"], 2),
        ])
    func mistakes(_ arguments: [String], _ status: Int) async throws {
        let result = try await ChildProcess.run(
            [Sovereign.path, "registry"] + arguments + ["--root", "\(folder.path)/none"], deadline: .seconds(60))
        #expect(Int(result.status) == status)
        #expect(String(decoding: result.stderr, as: UTF8.self).contains("fix:"))
        #expect(!FileSystem.exists("\(folder.path)/none"))
    }
}
