// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

/// The built `ocm` program, driven as its users do.
enum OCM {
    /// Where the build put it: beside the test bundle.
    static var path: String {
        let bundle = (try? FileSystem.realPath("/proc/self/exe")) ?? ""
        let argument = CommandLine.arguments.first { $0.hasSuffix(".xctest") || $0.hasSuffix("Tests") } ?? bundle
        for folder in [FileSystem.folder(of: bundle), FileSystem.folder(of: argument)] {
            let candidate = FileSystem.join(folder, "ocm")
            if FileSystem.exists(candidate) { return candidate }
        }
        return "ocm"
    }

    /// Runs it to its end; `home` keeps the user's own configuration out.
    static func run(
        _ arguments: [String], home: String, variables: [String: String] = [:], deadline: Duration = .seconds(120)
    ) async throws -> ChildProcess.Result {
        let own = ["HOME": home, "PATH": "/usr/bin:/bin", "TMPDIR": home]
        let environment = Environment(own.merging(variables) { _, new in new })
        return try await ChildProcess.run(
            [path] + arguments, environment: environment, workingFolder: home, deadline: deadline)
    }
}

extension ChildProcess.Result {
    var output: String { String(decoding: stdout, as: UTF8.self) }
    var errors: String { String(decoding: stderr, as: UTF8.self) }
}
