// SPDX-License-Identifier: Apache-2.0

public import Basics

/// npm itself, as those who use a package run it.
public enum NPMProgram {
    private static let program = ServerProgram.find("npm")
    /// Whether it is installed.
    public static let isInstalled = program != nil
    /// Why tests of it are skipped.
    public static let missing = "npm is not installed (scripts/setup --optional)"

    /// `npm install` of one package from a registry into an empty folder; what the package's `index.js` holds.
    public static func install(_ package: String, from registry: String, in folder: TemporaryFolder) async throws
        -> [UInt8]
    {
        try FileSystem.write(Array("{}".utf8), to: "\(folder.path)/package.json")
        _ = try await run(["install", package], registry, folder.path, folder)
        let name = package.split(separator: "@").first.map(String.init) ?? ""
        return try FileSystem.read("\(folder.path)/node_modules/\(name)/index.js", limit: 1 << 24)
    }

    /// `npm publish` of a folder.
    public static func publish(_ path: String, to registry: String, in folder: TemporaryFolder) async throws {
        // npm publishes to nobody as nobody; any token will do here.
        let host = registry.drop { $0 != "/" }
        try FileSystem.write(Array("\(host)/:_authToken=any\n".utf8), to: "\(path)/.npmrc")
        _ = try await run(["publish"], registry, path, folder)
    }

    private static func run(
        _ arguments: [String], _ registry: String, _ path: String, _ folder: TemporaryFolder
    ) async throws -> String {
        let quiet = [
            "--registry", registry, "--cache", "\(folder.path)/cache", "--no-audit", "--no-fund",
            "--no-update-notifier",
            "--ignore-scripts",
        ]
        let result = try await ChildProcess.run(
            [program ?? "npm"] + arguments + quiet, workingFolder: path, deadline: .seconds(120))
        let said = String(decoding: result.stdout + result.stderr, as: UTF8.self)
        guard result.status == 0 else { throw Fault(.internal, "npm: \(said.suffix(2000))") }
        return said
    }
}
