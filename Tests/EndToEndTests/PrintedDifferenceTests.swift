// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

@Suite("Printed specifications of archives that leave something out or are cut") struct PrintedDifferenceTests {
    /// The options of a transfer, and the command that runs what it printed.
    struct Case: Sendable, CustomTestStringConvertible {
        let options: [String]
        let command: [String]
        var testDescription: String { "\(options.joined(separator: " ")), run by \(command.joined(separator: " "))" }

        static let demands: [[String]] = [
            ["--since", "1.0.0"], ["--have", "base.inventory"], ["--since", "1.0.0", "--deltas"],
            ["--have", "base.inventory", "--deltas"], ["--since", "1.0.0", "--have", "base.inventory"],
            ["--volume-size", "20KB"], ["--since", "1.0.0", "--volume-size", "20KB"],
            ["--have", "base.inventory", "--deltas", "--volume-size", "8KB"], ["--type", "tgz"],
            ["--type", "tgz", "--volume-size", "20KB", "--since", "1.0.0"],
        ]
        static let commands: [[String]] = [
            ["transfer", "--transfer-spec"], ["transfer", "cv", "--transfer-spec"], ["transfer", "specification"],
        ]
        static let all: [Case] = demands.enumerated().map {
            Case(options: $0.element, command: commands[$0.offset % commands.count])
        }
    }

    private static let carried = ["transfer", "cv", "--recursive", "--copy-resources"]
    private static let source = "archive//\(DeltaTests.next)"

    /// The workshop with versions 1.0.0 and 1.1.0, and an inventory of who has 1.0.0.
    private func workshop() async throws -> Workshop {
        let workshop = try await DeltaTests.workshop()
        try await workshop.done(Self.carried + ["archive//\(Workshop.product)", "base"])
        try await workshop.done("inventory", "create", "./base", "-O", "base.inventory")
        return workshop
    }

    /// What a transfer wrote under a name: the file, or its volumes, by what comes behind the name.
    private func files(_ workshop: Workshop, _ name: String) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for file in try FileSystem.names(in: workshop.path) where file.hasPrefix(name) {
            found[String(file.dropFirst(name.count))] = try workshop.read(file)
        }
        return found
    }

    private func printed(
        _ workshop: Workshop, _ options: [String], _ targets: String..., file: String = "spec.yaml"
    ) async throws {
        let text = try await workshop.done(
            Self.carried + options + ["--dry-run", "-o", "yaml", Self.source] + targets)
        try workshop.write(file, text)
    }

    @Test("write the same as the transfer, to the byte", arguments: Case.all) func same(_ sample: Case) async throws {
        let workshop = try await workshop()
        try await workshop.done(Self.carried + sample.options + [Self.source, "direct.tar"])
        try await printed(workshop, sample.options, "printed.tar")
        #expect(try files(workshop, "printed.tar").isEmpty)
        let result = try await workshop.ocm(sample.command + ["spec.yaml"])
        #expect(result.status == 0, "\(result.errors)")
        let direct = try files(workshop, "direct.tar"), again = try files(workshop, "printed.tar")
        #expect(direct.keys.sorted() == again.keys.sorted())
        #expect(direct == again && !direct.isEmpty)
        guard sample.options.contains("1.0.0") || sample.options.contains("--have") else { return }
        // It is a difference, and whoever has 1.0.0 receives it, also by a specification. Volumes lie alone.
        for name in direct.keys { try FileSystem.removeFile("\(workshop.path)/direct.tar\(name)") }
        let archive = try #require(again.keys.sorted().first.map { "printed.tar\($0)" })
        let text = try await workshop.done(
            "transfer", "cv", "--recursive", "\(archive)//\(DeltaTests.next)", "base", "--dry-run", "-o", "yaml")
        try workshop.write("receive.yaml", text)
        try workshop.write(
            "stranger.yaml",
            text.replacing("filePath: base\n", with: "filePath: stranger\n").replacing(
                "name: base\n", with: "name: stranger\n"))
        let refused = try await workshop.ocm("transfer", "--transfer-spec", "stranger.yaml")
        #expect(refused.status == 1 && refused.errors.contains("stranger lacks"), "\(refused.errors)")
        #expect(!FileSystem.exists("\(workshop.path)/stranger"))
        try await workshop.done("transfer", "--transfer-spec", "receive.yaml")
        #expect(try await workshop.verify("./base", DeltaTests.next).status == 0)
    }

    @Test("write the same into each of several targets") func several() async throws {
        let workshop = try await workshop()
        let options = ["--since", "1.0.0", "--deltas"]
        try await workshop.done(Self.carried + options + [Self.source, "direct.tar", "direct.tgz"])
        try await printed(workshop, options, "printed.tar", "printed.tgz")
        try await workshop.done("transfer", "--transfer-spec", "spec.yaml")
        for name in ["tar", "tgz"] {
            #expect(try workshop.read("direct.\(name)") == workshop.read("printed.\(name)"))
        }
        // One that cannot be written leaves the other whole.
        try await printed(workshop, ["--volume-size", "20KB"], "one.tar", "two.tar")
        try workshop.write("two.tar.vol001", "in the way")
        let result = try await workshop.ocm("transfer", "--transfer-spec", "spec.yaml")
        #expect(result.status == 5 && result.errors.contains("two.tar.vol001 exists"), "\(result.errors)")
        #expect(try await workshop.verify("one.tar.vol001", DeltaTests.next).status == 0)
        #expect(!FileSystem.exists("\(workshop.path)/two.tar"))
    }

    @Test("are refused when an inventory, an earlier version, or what they say about them has changed")
    func stale() async throws {
        let workshop = try await workshop()
        try await printed(workshop, ["--have", "base.inventory"], "by-inventory.tar", file: "inventory.yaml")
        try await printed(workshop, ["--since", "1.0.0"], "by-version.tar", file: "version.yaml")
        func refused(_ file: String, _ texts: String...) async throws {
            for command in [["transfer", "--transfer-spec"], ["transfer", "specification"]] {
                let result = try await workshop.ocm(command + [file])
                #expect(result.status != 0, "\(file): \(result.output)")
                for text in texts + ["fix: "] { #expect(result.errors.contains(text), "\(text): \(result.errors)") }
            }
            #expect(try files(workshop, "by-").isEmpty)
        }
        let inventory = try workshop.read("base.inventory")
        try workshop.write("base.inventory", String(decoding: inventory, as: UTF8.self) + "\n")
        try await refused("inventory.yaml", "base.inventory has changed", "sha256:")
        try FileSystem.removeFile("\(workshop.path)/base.inventory")
        try await refused("inventory.yaml", "base.inventory")
        try FileSystem.write(inventory, to: "\(workshop.path)/base.inventory")
        let text = String(decoding: try workshop.read("version.yaml"), as: UTF8.self)
        for (old, new, message) in [
            ("since: 1.0.0", "since: 1.1.0", "stale"), ("copyResources: all", "copyResources: some", "copyResources"),
            ("since: 1.0.0", "until: 1.0.0", "assumed"), ("assumed: sha256:", "assumed: sha257:", "sha257"),
            ("packing:\n", "packing:\n      volumeSize: -1\n", "volumeSize"),
            ("packing:\n", "packing:\n      have: [{file: base.inventory}]\n", "have"),
        ] {
            try #require(text.contains(old))
            try workshop.write("altered.yaml", text.replacing(old, with: new))
            try await refused("altered.yaml", message)
        }
        // Another 1.0.0 has other blobs.
        try FileSystem.write(Workshop.noise(5000, seed: 77), to: "\(workshop.path)/right.bin")
        try workshop.write("other.yaml", Workshop.constructor(version: "1.0.0"))
        try await workshop.done(
            "add", "cv", "--component-version-conflict-policy", "replace", "--file", workshop.archive, "other.yaml")
        try await refused("version.yaml", "stale", "1.0.0")
    }

    @Test(
        "say all themselves: options that they have answers for are refused beside them",
        arguments: [
            ["--since", "1.0.0"], ["--have", "x"], ["--deltas"], ["--volume-size", "1GB"], ["--recursive"],
            ["--latest"],
            ["--type", "tgz"], ["--lookup", "./x"], ["--upload-as", "localBlob"], ["--dry-run"],
        ]) func settled(option: [String]) async throws
    {
        let workshop = try Workshop()
        let result = try await workshop.ocm(["transfer", "cv", "--transfer-spec", "spec.yaml"] + option)
        #expect(result.status == 2 && result.errors.contains(option[0]), "\(result.errors)")
        let short = try await workshop.ocm(["transfer", "--transfer-spec", "spec.yaml"] + option)
        #expect(short.status == 2 && short.errors.contains(option[0]), "\(short.errors)")
    }

    @Test(
        "a plan counts only what the receiver lacks", arguments: [["--since", "1.0.0"], ["--have", "base.inventory"]])
    func plan(demand: [String]) async throws {
        let workshop = try await workshop()
        func plan(_ options: [String]) async throws -> JSON {
            let text = try await workshop.done(
                ["transfer", "plan", "-r", "-V", "--rate", "1KiB/s", "--media", "10kB", "-o", "json"] + options
                    + [Self.source, "new"])
            return try JSON(parsing: Array(text.utf8), source: "the plan")
        }
        let whole = try await plan([]), part = try await plan(demand)
        // Of the contents only data.bin has changed; the manifest of the image always travels.
        let full = try #require(whole["bytes"]?.int), less = try #require(part["bytes"]?.int)
        let left = try #require(part["targets"]?[0]?["bytesLeftOut"]?.int)
        #expect(full == less + left && left > 30_000 && whole["targets"]?[0]?["bytesLeftOut"] == nil)
        let survey = try #require(part["targets"]?[0]?["survey"]),
            before = try #require(whole["targets"]?[0]?["survey"])
        let moving = try #require(survey["bytesToMove"]?.int)
        #expect(moving < 303_000 && survey["blobs"]?.int == 2 && survey["blobsLeftOut"]?.int == 6)
        #expect(before["bytesToMove"]?.int == moving + (survey["bytesLeftOut"]?.int ?? 0))
        #expect(survey["diskNeeded"]?.int == moving)
        #expect(part["forecast"]?[0]?["seconds"]?.int == (moving + 1023) / 1024)
        #expect(part["forecast"]?[0]?["media"]?.int == (moving + 9999) / 10_000)
        #expect((whole["forecast"]?[0]?["media"]?.int ?? 0) > (part["forecast"]?[0]?["media"]?.int ?? 0))
        // The archive has what the plan says, and its frame.
        try await workshop.done(Self.carried + demand + [Self.source, "new"])
        let size = try Int64(DeltaTests.size(of: "\(workshop.path)/new"))
        #expect(size > moving && size < moving + 30_000)
        let text = try await workshop.done(
            ["transfer", "plan", "-r", "-V", "--volume-size", "10kB"] + demand + [Self.source, "other"])
        #expect(text.contains("6 blobs of") && text.contains("left out") && text.contains("31 media"), "\(text)")
        let yaml = try await workshop.done(
            ["transfer", "plan", "-r", "-V", "-o", "yaml"] + demand + [Self.source, "other"])
        #expect(yaml.contains("bytesToMove: \(moving)\n") && yaml.contains("blobsLeftOut: 6\n"))
    }

    @Test("a group runs one without naming a component version, with help and completion") func group() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let text = try await workshop.done(
            "transfer", "cv", "-r", "--dry-run", "-o", "yaml", "archive//\(Workshop.product)", "copy")
        try workshop.write("spec.yaml", text)
        let report = try await workshop.done(
            "transfer", "-o", "json", "--transfer-spec=spec.yaml", "--verify", "release=public.pem")
        #expect(report.contains("\"copy\"") && FileSystem.exists("\(workshop.path)/copy"))
        // The options may stand before the thing, too.
        try await workshop.done("transfer", "--transfer-spec", "spec.yaml", "cv")
        try await workshop.done("cv", "transfer", "--transfer-spec", "spec.yaml")
        for (arguments, status, expected) in [
            (["transfer"], Int32(2), "--transfer-spec FILE"), (["transfer", "--transfer-spec"], 2, "FILE"),
            (["transfer", "-j", "2"], 2, "--transfer-spec is missing"),
            (["transfer", "--transfer-spce", "spec.yaml"], 2, "did you mean --transfer-spec?"),
            (["transfer", "--transfer-spec", "spec.yaml", "copy"], 2, "“copy”"),
            (["transfer", "--transfer-spec", "spec.yaml", "-j", "0"], 2, "1 to 64"),
            (["transfer", "--transfer-spec", "absent.yaml"], 1, "absent.yaml"),
        ] {
            let result = try await workshop.ocm(arguments)
            #expect(result.status == status && result.errors.contains(expected), "\(arguments): \(result.errors)")
        }
        let group = try await workshop.done("transfer", "--help"),
            own = try await workshop.done(
                "transfer", "--transfer-spec", "x", "--help")
        #expect(group.contains("ocm transfer [OPTIONS] --transfer-spec FILE") && group.contains("transfer plan"))
        #expect(own.contains("Run a transfer that --dry-run printed") && own.contains("Examples:"))
        #expect(try await workshop.done("__complete", "transfer", "--transfer-s").hasPrefix("--transfer-spec\t"))
        #expect(try await workshop.done("__complete", "transfer", "--transfer-spec", "") == ":file\n")
        #expect(
            try await workshop.done("__complete", "transfer", "--transfer-spec", "x", "--evi").contains(
                "--evidence-key"))
        #expect(try await workshop.done("__complete", "transfer", "").contains("component-version\t"))
    }
}
