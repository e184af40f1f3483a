// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import CELLibraries
internal import CELWorkbench
internal import CommandLineKit
internal import Documents

/// `ocm cel profiles`
struct CELProfiles: Command {
    static let configuration = CommandConfiguration(
        "profiles", abstract: "List whose expressions can be evaluated, and with which libraries",
        examples: ["ocm cel profiles -o json"])

    @Option(short: "o", help: "table, json or yaml") var output = OutputFormat.table

    func run(in context: OCMContext) async throws {
        let json = JSON.array(
            Profile.all.map { profile in
                [
                    "name": .string(profile.name), "summary": .string(profile.summary),
                    "libraries": .array(profile.libraries.map { .string($0.name) }),
                ]
            })
        context.present(json, as: output) {
            var table = Table(columns: ["PROFILE", "FOR", "LIBRARIES"])
            for profile in Profile.all {
                table.add([
                    profile.name, profile.summary, profile.libraries.map(\.name).joined(separator: ", "),
                ])
            }
            return table.text()
        }
    }
}

/// `ocm cel functions [TEXT]`
struct CELFunctions: Command {
    static let configuration = CommandConfiguration(
        "functions", abstract: "List the functions, macros and operators of a profile with their signatures",
        examples: ["ocm cel functions --profile kro", "ocm cel functions split"])

    @Argument(help: "show only what contains this text") var text: String?
    @Option(help: "whose expressions; see `ocm cel profiles`") var profile = Profile.standard
    @Flag(help: "show operators too") var operators = false
    @Option(short: "o", help: "table, json or yaml") var output = OutputFormat.table

    func run(in context: OCMContext) async throws {
        let forms = FunctionForm.all(in: profile.libraries).filter { form in
            (operators || form.kind != .operator) && (text.map { form.signature.contains($0) } ?? true)
        }
        let json = JSON.array(
            forms.map { form in
                [
                    "name": .string(form.name), "kind": .string(form.kind.rawValue),
                    "signature": .string(form.signature), "library": .string(form.library),
                ]
            })
        context.present(json, as: output) {
            guard !forms.isEmpty else { return "no function of the profile \(profile.name) contains “\(text ?? "")”" }
            var table = Table(columns: ["LIBRARY", "SIGNATURE"])
            for form in forms { table.add([form.library, form.signature]) }
            return table.text()
        }
    }
}
