// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Orchestration
import Repositories
import TestInputs
import Testing

@testable import Plugins

@Suite("Finding plug-ins") struct PluginCatalogueTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String, prepare: @Sendable (PluginWorkshop) async throws -> Void, says: String
        var testDescription: String { name }
    }
    static let cases: [Case] = [
        Case(
            name: "writable by everyone", prepare: { try FileSystem.setMode("\($0.path)/test", 0o757) },
            says: "by everyone"),
        Case(
            name: "set-user-ID", prepare: { try FileSystem.setMode("\($0.path)/test", 0o4755) },
            says: "another's rights"),
        Case(
            name: "a folder writable by everyone", prepare: { try FileSystem.setMode($0.path, 0o777) },
            says: "by everyone"),
        Case(
            name: "a folder below one writable by everyone", prepare: { try FileSystem.setMode($0.folder.path, 0o777) },
            says: "by everyone"),
        Case(
            name: "a link",
            prepare: {
                try FileSystem.rename("\($0.path)/test", to: "\($0.folder.path)/elsewhere")
                _ = try await ChildProcess.run(["ln", "-s", "../elsewhere", "\($0.path)/test"])
            }, says: "is no regular file"),
        Case(name: "no folder", prepare: { try FileSystem.remove($0.path) }, says: "there is no folder"),
        Case(name: "does not answer", prepare: { try $0.add("test", "sleep 1000") }, says: "did not end within"),
        Case(name: "fails", prepare: { try $0.add("test", "echo no >&2; exit 1") }, says: "failed with status 1: no"),
        Case(name: "says nothing", prepare: { try $0.add("test", "exit 0") }, says: "gave no description"),
        Case(name: "says too much", prepare: { try $0.add("test", "yes") }, says: "output of"),
        Case(
            name: "is no program", prepare: { try FileSystem.write([0x7F, 0x45], to: "\($0.path)/test", mode: 0o755) },
            says: "failed with status 12"),
        Case(
            name: "asks for too much time", prepare: { try $0.addOperation("", deadlineSeconds: 1_000_000) },
            says: "asks for more time"),
    ]

    @Test("a program that cannot be trusted or does not answer is refused, and others are not", arguments: cases)
    func refused(_ test: Case) async throws {
        let workshop = try PluginWorkshop(), other = try PluginWorkshop()
        try workshop.addOperation("exit 0")
        try other.addOperation("exit 0", name: "other")
        try await test.prepare(workshop)
        let catalogue = try await workshop.catalogue {
            $0.folders.append(other.path)
            $0.descriptionDeadline = .seconds(1)
        }
        #expect(catalogue.plugins.map(\.description.name) == ["other"])
        #expect(catalogue.refusals.count == 1)
        #expect(catalogue.refusals.first?.reason.message.contains(test.says) == true, "\(catalogue.refusals)")
    }

    @Test("files that are not executable, hidden ones and folders are passed over")
    func passedOver() async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation("exit 0")
        try workshop.add("README.md", "", mode: 0o644)
        try workshop.add(".hidden", "", mode: 0o755)
        try FileSystem.makeFolder("\(workshop.path)/folder")
        let catalogue = try await workshop.catalogue { $0.folders.append($0.folders[0]) }
        #expect(catalogue.plugins.map(\.description.name) == ["test"] && catalogue.refusals.isEmpty)
    }

    @Test("a kind of operation belongs to the first that has it, and built-in ones to nobody else")
    func conflicts() async throws {
        let workshop = try PluginWorkshop(), other = try PluginWorkshop()
        try workshop.addOperation("exit 0")
        try other.addOperation("exit 0")
        let taken = OperationType("TEST.Example/v1", summary: "", properties: [:] as JSON, outputs: [:])
        let both = try await workshop.catalogue { $0.folders.append(other.path) }
        #expect(both.plugins.map(\.path) == [try FileSystem.realPath("\(workshop.path)/test")])
        #expect(both.refusals.map(\.reason.code) == [.conflict])
        let builtIn = try await PluginCatalogue(workshop.settings(), taken: [taken])
        #expect(builtIn.plugins.isEmpty && builtIn.refusals.map(\.reason.code) == [.conflict])
    }

    @Test("folders come from the configuration, the variable and the command line, in this order")
    func settings() throws {
        let entry: JSON = [
            "folders": ["/one"], "environment": ["A": "b"],
            "contentLimit": "2GiB", "longestDeadlineSeconds": 5,
        ]
        let folder = try TemporaryFolder(prefix: "plugins")
        func configuration(_ json: JSON) throws -> Configuration {
            var json = json
            json["type"] = "plugins.config.ocm.software/v1alpha1"
            let path = "\(folder.path)/config"
            try FileSystem.remove(path)
            try FileSystem.write(json.encoded(), to: path)
            return try Configuration(
                files: ConfigurationFiles(
                    named: [path], environment: Environment([:]), workingFolder: "/", executableFolder: nil))
        }
        let settings = try PluginSettings(
            configuration(entry), folders: ["three"], environment: Environment(["OCM_PLUGIN_DIR": "/two:/more"]))
        #expect(settings.folders == ["/one", "/two", "/more", "three"] && settings.environment == ["A": "b"])
        #expect(settings.contentLimit == 2 << 30 && settings.longestDeadline == .seconds(5))
        let wrong: [JSON] = [
            ["folders": "x"], ["folders": ["relative"]], ["environment": ["OCM_PLUGIN_RUN": "x"]],
            ["environment": ["A=B": "x"]], ["environment": ["A": 1]], ["contentLimit": "much"],
            ["longestDeadlineSeconds": 0],
        ]
        for json in wrong {
            #expect(throws: Fault.self, "\(json)") {
                try PluginSettings(configuration(json), folders: [], environment: Environment([:]))
            }
        }
    }
}
