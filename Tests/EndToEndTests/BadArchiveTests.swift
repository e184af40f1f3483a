// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing

@Suite("Archives that attack, and disks that are full") struct BadArchiveTests {
    @Test(
        "links, foreign names, devices, doubles, bombs and giants are refused; nothing is written",
        .enabled(if: BadRegistryTests.python != nil, "python3 is not installed"),
        arguments: [
            ("symlink", "link"), ("hardlink", "link"), ("absolute", "/tmp/escaped"), ("parent", ".."),
            ("device", "sha256.000"), ("twice", "artifact-index.json"), ("bomb", "expand"), ("truncated", "ends"),
            ("descriptor", "GiB"), ("blob-link", "not a plain file"), ("index-link", "not a plain file"),
            ("index-pipe", "not a plain file"), ("index", "artifact-index.json"), ("deep", "deep"),
        ])
    func hostile(kind: String, word: String) async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let script = FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/hostile_archives.py")
        let made = try await ChildProcess.run(
            [BadRegistryTests.python ?? "python3", script, kind, workshop.archive, "\(workshop.path)/hostile"])
        try #require(made.status == 0, "\(made.errors)")
        for command in [
            ["verify", "cv", "--public-key", workshop.publicKey, "ctf::hostile//\(Workshop.product)"],
            ["transfer", "cv", "--recursive", "ctf::hostile//\(Workshop.product)", "copy"],
            ["get", "cv", "ctf::hostile//example.org/app/product", "-o", "json"],
        ] {
            let result = try await workshop.ocm(command)
            // What lists names only need not read a descriptor.
            if ["descriptor", "blob-link"].contains(kind) && command[0] == "get" && result.status == 0 { continue }
            #expect(result.status == 1 || result.status == 3, "\(command[0]): \(result.output)\(result.errors)")
            #expect(result.errors.contains(command.contains("json") ? "\"fix\":" : "fix: "), "\(result.errors)")
            #expect(result.errors.contains(word), "\(result.errors)")
        }
        #expect(!FileSystem.exists("\(workshop.path)/copy"))
        #expect(!FileSystem.exists("/tmp/escaped") && !FileSystem.exists("\(workshop.path)/escaped"))
    }

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

    @Test(
        "a full disk is named, what was there stays whole, and a rerun with room succeeds",
        .enabled(if: canMount, "no file system can be mounted in a namespace here"))
    func fullDisk() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let small = "\(workshop.path)/small"
        try FileSystem.makeFolder(small)
        let script = """
            mount -t tmpfs -o size=5m none "\(small)" || exit 99
            head -c 5180000 /dev/zero > "\(small)/filler" || exit 94
            "\(OCM.path)" transfer cv --recursive --copy-resources "\(workshop.archive)//\(Workshop.product)" "\(small)/copy"
            code=$?
            test $code = 1 || { echo "the exit code is $code" >&2; exit 98; }
            "\(OCM.path)" get cv "\(small)/copy" 2>/dev/null | grep -q 1.0.0 && { echo "half a version" >&2; exit 97; }
            rm "\(small)/filler"
            "\(OCM.path)" transfer cv --recursive --copy-resources "\(workshop.archive)//\(Workshop.product)" "\(small)/copy" || exit 96
            "\(OCM.path)" verify cv --public-key "\(workshop.publicKey)" "\(small)/copy//\(Workshop.product)" || exit 95
            """
        let result = try await ChildProcess.run(
            ["unshare", "-rm", "sh", "-c", script],
            environment: Environment(["HOME": workshop.path, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]),
            workingFolder: workshop.path)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(
            result.errors.contains("no space left") && result.errors.contains("free some space"), "\(result.errors)")
    }
}
