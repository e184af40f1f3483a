// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers

/// Where one run of a transfer writes: a folder and registries of its own that start empty.
struct TransferPlace: ~Copyable {
    let folder: String
    private(set) var registries: [StartedRegistry]
    /// Variables of the program that runs: journals, caches and temporary files go to the folder, too.
    ///
    /// Root's skopeo keeps its cache of blobs in the system's folder, unless it takes itself for somebody else's.
    let variables: [String: String]

    init(_ folder: String, registries count: Int, of program: String?) async throws {
        self.folder = folder
        variables = [
            "XDG_STATE_HOME": "\(folder)/state", "XDG_DATA_HOME": "\(folder)/cache", "TMPDIR": "\(folder)/temporary",
            "_CONTAINERS_ROOTLESS_UID": "1000",
        ]
        for path in [folder, "\(folder)/temporary"] { try FileSystem.makeFolder(path) }
        var started: [StartedRegistry] = []
        for number in 0..<count {
            started.append(try await StartedRegistry(program, data: "\(folder)/registry-\(number)"))
        }
        registries = started
    }

    /// The first of the registries.
    var registry: StartedRegistry { registries[0] }

    /// Ends the registries and removes everything.
    mutating func end() throws {
        registries = []
        try FileSystem.remove(folder)
    }
}

/// A registry whose process is known.
struct StartedRegistry {
    private let server: RegistryServer
    private let process: String

    init(_ program: String?, data: String) async throws {
        server = try await RegistryServer(data: data, program: program)
        let settings = "\(server.folder.path)/config.yml"
        let found = try FileSystem.names(in: "/proc").first { process in
            guard Int(process) != nil,
                let bytes = try? FileSystem.read("/proc/\(process)/cmdline", limit: 1 << 20)
            else { return false }
            // The shell that guards it has the same words behind others.
            let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return words.dropFirst() == ["serve", settings]
        }
        guard let found else { throw Fault(.notFound, "the process of the registry on \(server.host) was not found") }
        process = found
    }

    /// `host:port`.
    var host: String { server.host }

    /// `http://host:port`.
    var url: String { server.url }

    /// The seconds of processor time that it has used since it started.
    var processorTime: Double { ProcessWatch.processorTime(of: process) ?? .nan }
}
