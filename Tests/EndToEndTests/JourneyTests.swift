// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestServers
import Testing

@Suite("The journey") struct JourneyTests {
    @Test(
        "signed, pushed, pulled as an archive, loaded elsewhere: all verify, and nothing moves twice",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
    func acrossTheGap() async throws {
        let workshop = try Workshop()
        try workshop.addChart()
        try await workshop.build()
        let connected = try await RegistryServer(), enclave = try await RegistryServer()
        let archive = "\(workshop.path)/airgap.tgz"
        for (source, target) in [
            (workshop.archive, connected.url), (connected.url, archive), (archive, enclave.url),
        ] {
            let first = try await workshop.transfer(source, target, ["-o", "json"])
            try #require(first.status == 0, "\(first.errors)")
            #expect(try moved(first) > 60_000)
            let verdict = try await workshop.verify(target)
            #expect(verdict.status == 0, "\(verdict.errors)")
            let again = try await workshop.transfer(source, target, ["-o", "json"])
            #expect(again.status == 0, "\(again.errors)")
            #expect(try moved(again) == 0)
        }
        let before = try await descriptors(workshop, workshop.archive)
        #expect(before.count == 3)
        for place in [connected.url, archive, enclave.url] {
            #expect(try await descriptors(workshop, place) == before)
        }
        // What was packed from files comes out as these files.
        try await workshop.done("download", "resource", "\(enclave.url)//\(Workshop.leaf)", "data", "-O", "out")
        #expect(try workshop.read("out") == workshop.read("data.bin"))
    }

    @Test("an archive that is carried whole, as both families of tools say it") func wholeArchive() async throws {
        let workshop = try Workshop()
        try workshop.addChart()
        try await workshop.build()
        for (words, target) in [
            (["ctf", "--copy-resources", "--enforce", "--overwrite", "archive"], "older.tgz"),
            (["cv", "--recursive", "--copy-resources", "archive//\(Workshop.product)"], "newer.tgz"),
        ] {
            try await workshop.done(["transfer"] + words + [target])
            #expect(try await workshop.verify(target).status == 0)
        }
        #expect(try workshop.read("older.tgz") == workshop.read("newer.tgz"))
    }

    @Test(
        "the same inputs give the same archive, whoever makes it, wherever, however fast",
        arguments: ["directory", "tar", "tgz"])
    func reproducible(format: String) async throws {
        var results: [[String: [UInt8]]] = []
        for (mask, window, time) in [("022", "1", "2001-01-01"), ("077", "8", "2021-12-31")] {
            let workshop = try Workshop()
            try workshop.addChart()
            try FileSystem.makeFolder("\(workshop.path)/out")
            let script = """
                umask \(mask); find . -type f -exec touch -d \(time) {} +
                "\(OCM.path)" add cv --create --type \(format) -j \(window) --file out/archive constructor.yaml
                """
            let made = try await ChildProcess.run(
                ["bash", "-c", script], environment: Environment(["HOME": workshop.path, "PATH": "/usr/bin:/bin"]),
                workingFolder: workshop.path)
            try #require(made.status == 0, "\(made.errors)")
            results.append(try Workshop.files(in: "\(workshop.path)/out"))
        }
        #expect(!results[0].isEmpty)
        #expect(results[0] == results[1])
    }

    @Test("adding the same again changes nothing") func addAgain() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let before = try Workshop.files(in: workshop.archive)
        let output = try await workshop.done("add", "cv", "--file", workshop.archive, "constructor.yaml")
        #expect(output.contains("unchanged"))
        #expect(try Workshop.files(in: workshop.archive) == before)
    }

    @Test("other content under the same version is a conflict, unless it is told what to do")
    func conflict() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        try workshop.write("leaf.txt", "another text\n")
        let add = ["add", "cv", "--file", workshop.archive, "constructor.yaml"]
        let refused = try await workshop.ocm(add)
        #expect(refused.status == 1 && refused.errors.contains("example.org/app/leaf:1.0.0"), "\(refused.errors)")
        #expect(try await workshop.verify(workshop.archive).status == 0)
        let skipped = try await workshop.ocm(add + ["--component-version-conflict-policy", "skip"])
        #expect(skipped.status == 0 && skipped.output.contains("skipped"))
        #expect(try await workshop.verify(workshop.archive).status == 0)
        let replaced = try await workshop.ocm(add + ["--component-version-conflict-policy", "replace"])
        #expect(replaced.status == 0 && replaced.output.contains("replaced"), "\(replaced.errors)")
        #expect(try await workshop.verify(workshop.archive).status == 3)
    }

    @Test("a version that is there gets new signatures and labels, and keeps its own") func merge() async throws {
        let workshop = try Workshop()
        try await workshop.done("add", "cv", "--create", "--file", workshop.archive, "constructor.yaml")
        try workshop.write(
            "labelled.yaml",
            Workshop.constructor(version: "1.0.0").replacing(
                "- {name: data, type: blob,", with: "- {name: data, type: blob, labels: [{name: note, value: new}],"))
        try await workshop.done("add", "cv", "--create", "--file", "labelled", "labelled.yaml")
        try await workshop.sign("labelled")
        let carried = try await workshop.transfer("labelled", workshop.archive, ["-o", "json"])
        #expect(carried.status == 0, "\(carried.errors)")
        #expect(try moved(carried) == 0)
        #expect(try await workshop.verify(workshop.archive).status == 0)
        let leaf = try await workshop.done("get", "cv", "\(workshop.archive)//\(Workshop.leaf)", "-o", "yaml")
        #expect(leaf.contains("name: note"), "\(leaf)")
        // The other way nothing is lost.
        let back = try await workshop.ocm(
            "transfer", "cv", "--recursive", "\(workshop.archive)//\(Workshop.product)", "labelled", "-o", "json")
        #expect(back.status == 0 && back.output.contains("skip"), "\(back.output)\(back.errors)")
    }

    @Test("both families of spellings lead to the same archive and the same verdict") func spellings() async throws {
        let workshop = try Workshop()
        try workshop.write("settings.yaml", "VERSION: 1.0.0\n")
        try workshop.write("templated.yaml", Workshop.constructor(version: "${VERSION}"))
        let older = "\(workshop.path)/older", newer = "\(workshop.path)/newer"
        try await workshop.done(
            "add", "componentversions", "--create", "--file", older, "--settings", "settings.yaml", "templated.yaml")
        try await workshop.done(
            "add", "component-version", "--repository", "ctf::\(newer)", "--constructor", "constructor.yaml",
            "--component-version-conflict-policy", "abort-and-fail")
        #expect(try Workshop.files(in: older) == Workshop.files(in: newer))

        try await workshop.done(
            "sign", "componentversion", "--signature", "release", "--private-key", workshop.privateKey, "--recursive",
            "\(older)//\(Workshop.product)")
        try workshop.write(".ocmconfig", Self.credentials(workshop))
        try await workshop.done(
            "sign", "cv", "--signature", "release", "--recursive", "\(newer)//\(Workshop.product)")
        try await workshop.done("verify", "cv", "--signature", "release", "\(newer)//\(Workshop.product)")
        for archive in [older, newer] {
            let verdict = try await workshop.verify(archive)
            #expect(verdict.status == 0, "\(verdict.errors)")
        }
        try await workshop.done(
            "transfer", "ctf", "--copy-resources", "--enforce", "--overwrite", older, "\(workshop.path)/copy")
        #expect(try await workshop.verify("\(workshop.path)/copy").status == 0)
    }

    static func credentials(_ workshop: Workshop) -> String {
        """
        type: generic.config.ocm.software/v1
        configurations:
          - type: credentials.config.ocm.software
            consumers:
              - identity: {type: RSA/v1alpha1, algorithm: RSASSA-PSS, signature: release}
                credentials:
                  - type: Credentials/v1
                    properties:
                      private_key_pem_file: \(workshop.privateKey)
                      public_key_pem_file: \(workshop.publicKey)

        """
    }

    private func moved(_ result: ChildProcess.Result) throws -> Int64 {
        let json = try JSON(parsing: result.stdout, source: "the report")
        return Int64(try #require(json["bytesMoved"]?.int))
    }

    /// The descriptors, without the accesses, which say where contents are.
    private func descriptors(_ workshop: Workshop, _ repository: String) async throws -> [JSON] {
        let text = try await workshop.done(
            "get", "cv", "--recursive", "\(repository)//\(Workshop.product)", "-o", "json")
        let json = try JSON(parsing: Array(text.utf8), source: "the descriptors")
        return try #require(json.array).map(withoutAccesses)
    }

    private func withoutAccesses(_ json: JSON) -> JSON {
        switch json {
        case .array(let items): .array(items.map(withoutAccesses))
        case .object(let object):
            .object(JSONObject(object.filter { $0.key != "access" }.map { ($0.key, withoutAccesses($0.value)) }))
        default: json
        }
    }
}
