// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers

/// The built `sovereign` program, and what else the tests run.
enum Sovereign {
    /// Where the build put it: beside the test bundle.
    static var path: String {
        let bundle = (try? FileSystem.realPath("/proc/self/exe")) ?? ""
        let argument = CommandLine.arguments.first { $0.hasSuffix(".xctest") || $0.hasSuffix("Tests") } ?? bundle
        for folder in [FileSystem.folder(of: bundle), FileSystem.folder(of: argument)] {
            let candidate = FileSystem.join(folder, "sovereign")
            if FileSystem.exists(candidate) { return candidate }
        }
        return "sovereign"
    }

    /// A file of the repository.
    static func repositoryFile(_ path: String) -> String {
        FileSystem.join(FileSystem.folder(of: #filePath), "../../\(path)")
    }

    static let python = ServerProgram.find("python3")
}
