// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing

@Suite("A registry on a disk that is full, or that forgets", .serialized) struct RegistryDiskTests {
    /// Whether a file system of our own can be mounted, in a namespace of our own.
    private static let canMount: Bool = {
        guard let unshare = ServerProgram.find("unshare") else { return false }
        let done = Semaphore()
        let works = Guarded(false)
        Task {
            let result = try? await ChildProcess.run(
                [unshare, "-rm", "sh", "-c", "mount -t tmpfs none /mnt"], deadline: .seconds(10))
            works.withLock { $0 = result?.status == 0 }
            done.signal()
        }
        done.wait()
        return works.withLock { $0 }
    }()

    private func run(_ script: String, _ before: [String], _ arguments: [String]) async throws -> String {
        let folder = try TemporaryFolder(prefix: "registry-faults")
        let path = FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/\(script)")
        let result = try await ChildProcess.run(
            before + [Sovereign.python ?? "python3", path, Sovereign.path, folder.path] + arguments,
            deadline: .seconds(300))
        let said = String(decoding: result.stdout + result.stderr, as: UTF8.self)
        #expect(result.status == 0, "\(said)")
        return said
    }

    @Test(
        "full at many different writes: it says so, keeps and serves what it had, and goes on when there is room",
        .enabled(if: canMount && Sovereign.python != nil, "python3 or mounting in a namespace is not there"))
    func fullDisk() async throws {
        let said = try await run("full_disk.py", ["unshare", "-rm"], ["40"])
        for request in ["'blob'", "'manifest'", "'patch'"] { #expect(said.contains(request), "\(said)") }
    }

    @Test(
        "changed, shortened, lost and restored files: no answer has other bytes, and a push heals",
        .enabled(if: Sovereign.python != nil, "python3 is not installed"))
    func rot() async throws {
        #expect(try await run("rot.py", [], []).contains("damaged: 84, put aside: 70"))
    }
}
