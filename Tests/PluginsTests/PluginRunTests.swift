// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Orchestration
import Repositories
import Testing

@testable import Plugins

@Suite("Plug-ins at work") struct PluginRunTests {
    @Test("bytes go through, and digest, size and media type are known afterwards")
    func stream() async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation("tr a-z A-Z; printf '{\"count\":3}' >&3; echo done >&2")
        let outputs = try await workshop.run(["text": "t"])
        #expect(outputs["count"] == 3)
        guard case .blob(let blob) = try workshop.context.content(of: outputs["data"]) else {
            Issue.record("no blob")
            return
        }
        #expect(blob.mediaType == "text/plain")
        #expect(blob.digest == Digest(of: Array("SOME TEXT\n".utf8)) && blob.size == 10)
        #expect(try await blob.open().collect(limit: 100) == Array("SOME TEXT\n".utf8))
        // Any number of readers.
        #expect(try await blob.open().collect(limit: 100) == Array("SOME TEXT\n".utf8))
        #expect(workshop.messages.withLock { $0.map(\.text) } == ["done"])
        #expect(workshop.leftovers.isEmpty)
    }

    @Test(
        "large contents go both ways at once, however the plug-in paces them",
        arguments: [
            "cat", "head -c 9000000 /dev/zero; cat", "cat >all; cat all; cat all", "cat; yes | head -c 5000000",
        ])
    func large(_ script: String) async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation("\(script); printf '{\"count\":0}' >&3")
        let bytes = [UInt8](repeating: 0x41, count: 12 << 20)
        let outputs = try await workshop.run([:], data: bytes)
        let got = try await workshop.bytes(outputs["data"])
        #expect(got.count >= bytes.count)
    }

    @Test("properties and more contents come as files, and go as files")
    func files() async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation(
            """
            cp "$OCM_PLUGIN_PROPERTIES" "$OCM_PLUGIN_OUTPUTS/first"
            cat "$OCM_PLUGIN_INPUTS/data" "$OCM_PLUGIN_INPUTS/data" > "$OCM_PLUGIN_OUTPUTS/second"
            printf '{"count":2,"second":{"mediaType":"text/x-twice"}}' >&3
            """, content: #"{"inputFiles":["data"],"outputFiles":["first","second"]}"#)
        let outputs = try await workshop.run(["text": "hello"])
        #expect(try await workshop.bytes(outputs["first"]) == Array("{\"text\":\"hello\"}\n".utf8))
        #expect(try await workshop.bytes(outputs["second"]) == Array("some text\nsome text\n".utf8))
        #expect(try workshop.context.content(of: outputs["second"]).mediaType == "text/x-twice")
        #expect(workshop.leftovers.isEmpty)
    }

    @Test("its environment holds nothing that is not meant for it")
    func environment() async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation(
            "cat >/dev/null; env | sed 's/=.*//' | sort; pwd; printf '{\"count\":0}' >&3; ls /proc/self/fd >&2")
        let outputs = try await workshop.run { $0.environment = ["GREETING": "hello"] }
        let lines = String(decoding: try await workshop.bytes(outputs["data"]), as: UTF8.self).split(separator: "\n")
        // The last three are the shell's own.
        let ours = lines.dropLast().filter { !["_", "OLDPWD", "SHLVL"].contains($0) }
        #expect(
            ours == [
                "GREETING", "LANG", "OCM_PLUGIN_INPUTS", "OCM_PLUGIN_OUTPUTS", "OCM_PLUGIN_PROPERTIES",
                "OCM_PLUGIN_PROTOCOL", "OCM_PLUGIN_RUN", "PATH", "PWD", "TMPDIR",
            ])
        #expect(lines.last?.hasSuffix("/work") == true)
        // The four of the protocol, and the one that `ls` opened.
        #expect(workshop.messages.withLock { $0.map(\.text) } == ["0", "1", "2", "3", "4"])
    }

    @Test("properties that do not fit are refused before it starts")
    func wrongProperties() async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation("touch \(workshop.folder.path)/started; cat; printf '{\"count\":0}' >&3")
        for properties: JSON in [["text": "longer than twenty characters"], ["text": 1], ["other": "x"]] {
            let fault = try #require(await #expect(throws: Fault.self) { try await workshop.run(properties) })
            #expect(fault.message.contains("properties of 'test.example/v1alpha1'"), "\(fault)")
        }
        #expect(!FileSystem.exists("\(workshop.folder.path)/started"))
    }

    @Test("a plug-in that changes between its description and its run is not run")
    func changed() async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation("cat; printf '{\"count\":0}' >&3")
        let operation = try await workshop.catalogue().operations { _ in }[0]
        try workshop.addOperation("cat; printf '{\"count\":0}' >&3 # another")
        let file = workshop.context.file(for: .blob(BlobContent(mediaType: "text/plain", bytes: [1])))
        await #expect { try await operation.perform(["data": file], workshop.context) } throws: {
            ($0 as? Fault)?.code == .conflict
        }
    }

    static let places = [
        ("cat", #"{"input":"data","output":"data"}"#), ("cat >/dev/null", #"{"input":"data"}"#),
        ("true", #"{"inputFiles":["data"]}"#),
        ("cat >\"$OCM_PLUGIN_OUTPUTS/data\"", #"{"input":"data","outputFiles":["data"]}"#),
    ]

    @Test(
        "contents that go to files keep the budget for the disk, and give back what they took", arguments: places,
        [Int64(3 << 20), 64 << 20])
    func budget(_ place: (script: String, content: String), _ total: Int64) async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation("\(place.script); echo '{\"count\":1}' >&3", content: place.content)
        let budget = DiskBudget(total)
        let needsFile = place.content.contains("utput") || place.content.contains("inputFiles")
        let outcome = await DiskBudget.$current.withValue(budget) {
            await Result.of { try await workshop.run(data: [UInt8](repeating: 7, count: 5 << 20)) }
        }
        switch outcome {
        case .success(let outputs):
            #expect(!needsFile || total > 5 << 20)
            #expect(!place.content.contains("utput") || budget.reserved == 5 << 20)
            #expect(outputs["count"] == 1)
        case .failure(let fault):
            #expect(needsFile && total < 5 << 20 && fault.message.contains("test"), "\(fault)")
            #expect(fault.code == .limitExceeded || place.content.contains("outputFiles"), "\(fault)")
            #expect(budget.reserved == 0 && workshop.leftovers.isEmpty)
        }
        #expect(budget.most <= total)
    }
}

extension Result where Failure == Fault, Success: Sendable {
    /// What a body gives or throws.
    fileprivate static func of(_ body: () async throws -> Success) async -> Result {
        do { return .success(try await body()) } catch { return .failure(Fault(wrapping: error)) }
    }
}
