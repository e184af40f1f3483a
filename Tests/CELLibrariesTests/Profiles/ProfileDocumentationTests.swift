// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import CELLibraries
import Testing

@Suite("docs/cel.md")
struct ProfileDocumentationTests {
    private let text: String

    init() throws {
        let root = (0..<4).reduce(#filePath) { path, _ in FileSystem.folder(of: path) }
        let path = FileSystem.join(root, "docs/cel.md")
        text = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
    }

    private func row(_ title: String, _ holds: (Profile) -> Bool) -> String {
        "| \(title) | " + Profile.all.map { holds($0) ? "✓" : "" }.joined(separator: " | ") + " |\n"
    }

    @Test("has the libraries of each profile")
    func libraries() {
        for name in Set(Profile.all.flatMap { $0.libraries.map(\.name) }) {
            let row = row(name) { $0.libraries.contains { $0.name == name } }
            #expect(text.contains(row), "\(row)")
        }
    }

    @Test("has the options in which profiles differ")
    func options() {
        let rows: [(String, (CEL.Environment.Options) -> Bool)] = [
            ("`crossTypeNumericComparisons`", \.crossTypeNumericComparisons),
            ("`homogeneousLiterals`", \.homogeneousLiterals),
            ("`numbers`", { $0.numbers == .doubles }),
        ]
        for (option, holds) in rows {
            let cells = row("") { holds($0.options) }.dropFirst(3)
            #expect(text.split(separator: "\n").contains { $0.hasPrefix("| \(option)") && "\($0)\n".hasSuffix(cells) })
        }
        for profile in Profile.all {
            let isHost = profile.name != "standard"
            #expect(profile.options.acceptsAnyMapKey == isHost)
            #expect(profile.options.failsOnBadPresenceTest != isHost)
            #expect(profile.options.durationMillisecondsAreTotal == isHost)
        }
    }

    @Test("names every function and macro")
    func functions() {
        let libraries = Profile.all.flatMap(\.libraries)
        let names = Set(libraries.flatMap { $0.functions.map(\.name) + $0.macros.map(\.name) })
        for name in names where name.first?.isLetter == true && !name.contains("@") {
            #expect(text.contains("\(name)(") || text.contains("`\(name)`"), "\(name)")
        }
    }
}
