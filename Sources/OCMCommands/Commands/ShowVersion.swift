// SPDX-License-Identifier: Apache-2.0

internal import CommandLineKit
internal import Documents

/// `ocm version`
struct ShowVersion: Command {
    static let configuration = CommandConfiguration("version", abstract: "Show the version of this program")

    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    func run(in context: OCMContext) async throws {
        let json: JSON = ["program": "ocm", "version": .string(Version.text), "swift": .string(Version.compiler)]
        context.present(json, as: output) { "ocm \(Version.text)" }
    }
}
