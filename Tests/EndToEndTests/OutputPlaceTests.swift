// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("Places that take no output, or another kind of it") struct OutputPlaceTests {
    private static let built = Task { () async throws -> Workshop in
        let workshop = try Workshop()
        try await workshop.build()
        return workshop
    }

    /// Runs a shell script in the workshop; `ocm` is the program.
    private func shell(_ script: String) async throws -> (Workshop, ChildProcess.Result) {
        let workshop = try await Self.built.value
        let result = try await ChildProcess.run(
            ["bash", "-c", "ocm() { \"\(OCM.path)\" \"$@\"; }; \(script)"],
            environment: Environment(["HOME": workshop.path, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]),
            workingFolder: workshop.path)
        return (workshop, result)
    }

    private static let leaf = "archive//\(Workshop.leaf)"

    @Test(
        "an answer that cannot be written is an error with its reason",
        arguments: [
            ("ocm get cv archive > /dev/full", "no space left"),
            ("ocm get cv archive -o json > /dev/full", "no space left"),
            ("ocm download resource \(leaf) data -O - > /dev/full", "no space left"),
            ("ocm version >&-", "bad file descriptor"),
        ])
    func standardOutput(script: String, reason: String) async throws {
        let (_, result) = try await shell(script)
        #expect(result.status == 1 && result.errors.contains(reason), "\(result.errors)")
    }

    @Test(
        "files that would become too large are an error with a fix, and nothing is left", .serialized,
        arguments: [
            "transfer cv -r archive//\(Workshop.product) out/large.tgz",
            "transfer cv -r archive//\(Workshop.product) out/large",
            "download resource \(leaf) data -O out/large", "download cv \(leaf) -O out/large",
            "add cv --create --file out/large constructor.yaml",
            "add cv --create --file out/large.tar constructor.yaml",
        ])
    func fileSize(command: String) async throws {
        let (workshop, result) = try await shell("mkdir -p out; ulimit -f 20; ocm \(command)")
        #expect(result.status == 1, "\(result.output)\(result.errors)")
        #expect(result.errors.contains("file too large") && result.errors.contains("ulimit -f"), "\(result.errors)")
        // Blobs of a folder may stay: nobody sees them, and the next run finds them.
        let left = try FileSystem.names(in: "\(workshop.path)/out")
        #expect(left == [] || left == ["large"])
        if left == ["large"] { #expect(try FileSystem.names(in: "\(workshop.path)/out/large") == ["blobs"]) }
        try FileSystem.remove("\(workshop.path)/out")
    }

    @Test("pipes and links are written to, not replaced") func special() async throws {
        let (workshop, result) = try await shell(
            """
            mkfifo pipe; cat pipe > through & ocm download resource \(Self.leaf) data -O pipe && wait && test -p pipe \
            && cmp through data.bin || exit 1
            touch real; ln -s real link; ocm download resource \(Self.leaf) data -O link && test -L link \
            && cmp real data.bin || exit 2
            ocm download resource \(Self.leaf) data -O /dev/stdout | head -c 40000 | cmp - data.bin || exit 3
            """)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        withExtendedLifetime(workshop) {}
    }

    @Test("a damaged resource leaves no file, and no folder of half a version") func damaged() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let editor = ArchiveEditor(folder: workshop.archive)
        try editor.edit(editor.blob(of: "right", in: "example.org/app/leaf")) { $0[7] ^= 1 }
        for command in [["resource", Self.leaf, "right", "-O", "out"], ["cv", Self.leaf, "-O", "out"]] {
            let result = try await workshop.ocm(["download"] + command)
            #expect(result.status == 3 && result.errors.contains("right"), "\(result.errors)")
            #expect(!FileSystem.exists("\(workshop.path)/out"))
        }
        #expect(try FileSystem.names(in: workshop.path).filter { $0.hasPrefix(".tmp") } == [])
    }
}
