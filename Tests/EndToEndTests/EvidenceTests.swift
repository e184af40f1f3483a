// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestServers
import Testing

@Suite("Evidence of transfers", .serialized) struct EvidenceTests {
    static func entries(_ workshop: Workshop, _ name: String = "evidence.jsonl") throws -> [JSON] {
        try workshop.read(name).split(separator: 0x0A).map { try JSON(parsing: Array($0), source: name) }
    }

    static func events(_ entries: [JSON]) -> [String] { entries.map { $0["event"]?.string ?? "" } }

    @Test("a transfer leaves every signature, content and version with its digest, and the log verifies")
    func transfer() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let evidence = ["--evidence", "evidence.jsonl", "--evidence-key", workshop.privateKey]
        #expect(try await workshop.transfer(workshop.archive, "./copy", evidence).status == 0)
        let entries = try Self.entries(workshop)
        let events = Self.events(entries)
        #expect(events.first == "opened" && events.last == "closed")
        #expect(events.filter { $0 == "signature-verified" }.count == 1)
        #expect(events.filter { $0 == "content-moved" }.count == 6)
        #expect(events.filter { $0 == "version-committed" }.count == 2)
        let data = entries.first { $0["data"]?["resource"] == "data" && $0["event"] == "content-moved" }?["data"]
        #expect(data?["moved"] == 40_000 && data?["digest"]?.string?.hasPrefix("sha256:") == true)
        #expect(data?["component"] == "example.org/app/leaf" && data?["to"] == "./copy")
        let verified = try await workshop.ocm(
            "evidence", "verify", "evidence.jsonl", "--key", workshop.publicKey, "-o", "json")
        #expect(verified.status == 0, "\(verified.errors)")
        let summary = try JSON(parsing: verified.stdout, source: "the answer")
        #expect(summary["runs"] == 1 && summary["signatureVerified"] == true)
        // Again: everything is there, and a second run stands behind the first.
        #expect(try await workshop.transfer(workshop.archive, "./copy", evidence + ["--enforce"]).status == 0)
        #expect(Self.events(try Self.entries(workshop)).filter { $0 == "content-spared" }.count >= 4)
        let shown = try await workshop.ocm(
            "evidence", "show", "evidence.jsonl", "--component", "example.org/app/leaf", "-o", "json")
        let list = try JSON(parsing: shown.stdout, source: "the answer").array ?? []
        #expect(!list.isEmpty && list.allSatisfy { $0["data"]?["component"] == "example.org/app/leaf" })
        let table = try await workshop.done("evidence", "show", "evidence.jsonl")
        #expect(table.split(separator: "\n").count == (try Self.entries(workshop)).count + 1)
        // A verification, into the same log.
        try await workshop.done(
            "verify", "cv", "--signature", "release", "--public-key", workshop.publicKey, "--evidence",
            "evidence.jsonl", "./copy//\(Workshop.product)")
        #expect(
            Self.events(try Self.entries(workshop)).suffix(3) == ["digest-verified", "operation-finished", "closed"])
    }

    @Test("what is refused leaves evidence of it, and the transfer fails as without a log")
    func refused() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        try await workshop.done(
            "sign", "cv", "--signature", "other", "--private-key", workshop.privateKey, "--recursive",
            "\(workshop.archive)//\(Workshop.product)")
        let demand = ["--evidence", "evidence.jsonl", "--verify", "missing=\(workshop.publicKey)"]
        #expect(try await workshop.transfer(workshop.archive, "./copy", demand).status == 3)
        #expect(
            Self.events(try Self.entries(workshop)) == [
                "opened", "signature-verified", "signature-refused", "operation-failed", "closed",
            ])
        let blob = try Workshop.files(in: workshop.archive).first { $0.value.count == 40_000 }
        let path = try #require(blob?.key)
        try FileSystem.write(Workshop.noise(40_000, seed: 9), to: "\(workshop.archive)/\(path)")
        #expect(try await workshop.transfer(workshop.archive, "./copy", ["--evidence", "two.jsonl"]).status == 3)
        let entries = try Self.entries(workshop, "two.jsonl")
        #expect(entries.contains { $0["event"] == "content-refused" && $0["data"]?["resource"] == "data" })
        #expect(entries.last?["data"]?["outcome"] == "failed")
        #expect(try await workshop.ocm("evidence", "verify", "two.jsonl").status == 0)
    }

    @Test("a changed log ends with exit code 3 and names the line")
    func tampered() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        #expect(try await workshop.transfer(workshop.archive, "./copy", ["--evidence", "evidence.jsonl"]).status == 0)
        let text = String(decoding: try workshop.read("evidence.jsonl"), as: UTF8.self)
        try workshop.write("evidence.jsonl", text.replacing(#""moved":40000"#, with: #""moved":40001"#))
        for verb in ["verify", "show"] {
            let result = try await workshop.ocm("evidence", verb, "evidence.jsonl")
            #expect(result.status == 3)
            #expect(result.errors.contains("of evidence.jsonl was altered"), "\(result.errors)")
        }
        // Nothing is carried when evidence cannot be kept.
        let refused = try await workshop.transfer(workshop.archive, "./other", ["--evidence", "evidence.jsonl"])
        #expect(refused.status == 3 && !FileSystem.exists("\(workshop.path)/other/artifact-index.json"))
        #expect(try await workshop.transfer(workshop.archive, "./other", ["--evidence", "no/such/folder"]).status == 1)
        #expect(try await workshop.transfer(workshop.archive, "./other", ["--evidence-key", "k"]).status == 2)
    }

    @Test("a log that cannot grow any more fails the transfer")
    func full() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        // Files may have two blocks of 1024 bytes: enough for the first entries, and for no blob.
        let result = try await ChildProcess.run(
            [
                "/bin/bash", "-c",
                "trap '' XFSZ; ulimit -f 2; exec \"$0\" verify cv --evidence evidence.jsonl --evidence-key \"$1\" "
                    + "--public-key \"$2\" \"$3//\(Workshop.product)\"",
                OCM.path, workshop.privateKey, workshop.publicKey, workshop.archive,
            ], environment: Environment(["HOME": workshop.path, "PATH": "/usr/bin:/bin", "TMPDIR": workshop.path]),
            workingFolder: workshop.path, deadline: .seconds(60))
        #expect(result.status == 1)
        #expect(result.errors.contains("no evidence can be kept in evidence.jsonl"), "\(result.errors)")
    }

    @Test("passwords and tokens of a registry are in no line")
    func secrets() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let registry = try await RegistryServer(.basic)
        let (user, password) = (RegistryServer.user, RegistryServer.password)
        let token = Array("\(user):\(password)".utf8).base64
        try workshop.write("config.json", #"{"auths":{"\#(registry.host)":{"auth":"\#(token)"}}}"#)
        let result = try await workshop.ocm(
            [
                "transfer", "cv", "--recursive", "--copy-resources", "--evidence", "evidence.jsonl",
                "\(workshop.archive)//\(Workshop.product)", registry.url,
            ], variables: ["DOCKER_CONFIG": workshop.path])
        #expect(result.status == 0, "\(result.errors)")
        let wrong = try await workshop.ocm(
            [
                "transfer", "cv", "--recursive", "--copy-resources", "--evidence", "evidence.jsonl",
                "\(workshop.archive)//\(Workshop.product)", "http://\(user):\(password)@\(registry.host)",
            ], variables: ["DOCKER_CONFIG": workshop.path])
        #expect(wrong.status != 0)
        let text = String(decoding: try workshop.read("evidence.jsonl"), as: UTF8.self)
        #expect(text.contains(registry.host))
        for secret in [user, password, token] { #expect(!text.contains(secret)) }
    }

    @Test("a specification leaves what each of its operations came to")
    func specification() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        func read(_ id: String, _ version: String) -> String {
            """
            - id: \(id)
              type: CTFGetComponentVersion/v1alpha1
              spec:
                repository: {type: CommonTransportFormat/v1, filePath: ./archive}
                component: example.org/app/leaf
                version: \(version)

            """
        }
        try workshop.write("spec.yaml", "transformations:\n" + read("there", "1.0.0") + read("absent", "9.0.0"))
        let result = try await workshop.ocm(
            "transfer", "specification", "spec.yaml", "--evidence", "evidence.jsonl")
        #expect(result.status == 5, "\(result.errors)")
        let entries = try Self.entries(workshop).dropFirst().prefix(2)
        #expect(
            Set(entries.map { "\($0["event"]?.string ?? "") \($0["data"]?["operation"]?.string ?? "")" }) == [
                "operation-finished there", "operation-failed absent",
            ])
        #expect(try await workshop.ocm("evidence", "verify", "evidence.jsonl").status == 0)
    }

    @Test("killed at any moment, the next run goes on with the log and none of its bytes is lost")
    func killed() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        for moment in 1...12 {
            let before = (try? workshop.read("evidence.jsonl")) ?? []
            _ = try await ChildProcess.run(
                [
                    "/bin/bash", "-c",
                    "\"$0\" transfer cv --recursive --copy-resources --enforce --evidence evidence.jsonl \"$1\" ./copy & "
                        + "sleep \(decimal(Double(moment) * 0.012, digits: 3)); kill -9 $!; wait",
                    OCM.path, "\(workshop.archive)//\(Workshop.product)",
                ], environment: Environment(["HOME": workshop.path, "PATH": "/usr/bin:/bin", "TMPDIR": workshop.path]),
                workingFolder: workshop.path, deadline: .seconds(60))
            #expect((try? workshop.read("evidence.jsonl"))?.starts(with: before) ?? before.isEmpty)
        }
        let whole = try await workshop.transfer(
            workshop.archive, "./copy", ["--enforce", "--evidence", "evidence.jsonl"])
        #expect(whole.status == 0, "\(whole.errors)")
        let verified = try await workshop.ocm("evidence", "verify", "evidence.jsonl")
        #expect(verified.status == 0, "\(verified.errors)")
    }
}
