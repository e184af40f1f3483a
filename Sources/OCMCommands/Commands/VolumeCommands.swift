// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Cryptography
internal import Documents
internal import Repositories

/// `ocm volumes list PATH…`
struct VolumesList: Command {
    static let configuration = CommandConfiguration(
        "list", abstract: "Show which volumes files are, by their headers",
        discussion: "Only headers and lengths are looked at; `ocm volumes verify` reads everything.",
        examples: ["ocm volumes list /media/usb", "ocm volumes list ./airgap.tar.vol*"])

    @Argument(help: "volumes, folders that hold volumes, or patterns", valueName: "PATH", completion: .file)
    var paths: [String]
    @Option(short: "o", help: "table, json or yaml") var output = OutputFormat.table

    func run(in context: OCMContext) async throws {
        let volumes = try VolumeSelection(paths)
        context.present(volumes.json, as: output) { volumes.text }
        try volumes.throwFaults()
    }
}

/// `ocm volumes verify PATH…`
struct VolumesVerify: Command {
    static let configuration = CommandConfiguration(
        "verify", abstract: "Read volumes and compare them with their digests",
        discussion: """
            Each volume is checked for itself, so that media can be put in one after another: volumes that are not given \
            are listed and are no error. With --complete they are, and the digest of the whole is checked too.
            """,
        examples: [
            "ocm volumes verify /media/usb", "ocm volumes verify --complete ./airgap.tar.vol*",
        ])

    @Argument(help: "volumes, folders that hold volumes, or patterns", valueName: "PATH", completion: .file)
    var paths: [String]
    @Flag(help: "all volumes of one set must be given") var complete = false
    @Option(short: "o", help: "table, json or yaml") var output = OutputFormat.table

    func run(in context: OCMContext) async throws {
        var volumes = try VolumeSelection(paths)
        let set = complete ? try VolumeSet(volumes.files) : nil
        let files = volumes.volumes
        let bytes = files.reduce(Int64(0)) { $0 + Int64($1.header.range.count) }
        let damage = try await context.withProgress { observer in
            observer(.planned(items: files.count, bytes: bytes, text: "\(files.count) volumes, \(ByteCount(bytes))"))
            var damage: [String: Fault] = [:]
            for volume in files {
                observer(.started(id: volume.path, name: volume.path, bytes: Int64(volume.header.range.count)))
                do {
                    try await volume.verify { observer(.moved(id: volume.path, bytes: $0)) }
                } catch let fault as Fault {
                    guard fault.code == .mismatch else { throw fault }
                    damage[volume.path] = fault
                }
                observer(.finished(id: volume.path))
            }
            return damage
        }
        volumes.isVerified = true
        volumes.faults += files.compactMap { damage[$0.path] }
        volumes.damaged = Set(damage.keys)
        context.present(volumes.json, as: output) { volumes.text }
        try volumes.throwFaults()
        try await set?.verifyWhole()
    }
}

/// `ocm volumes join PATH…`
struct VolumesJoin: Command {
    static let configuration = CommandConfiguration(
        "join", abstract: "Put the volumes of a set together into one file",
        discussion: """
            `ocm` itself reads volumes where they are; this is for other tools. The file appears when its digest is \
            known to be right.
            """,
        examples: ["ocm volumes join ./airgap.tar.vol001 -O airgap.tar", "ocm volumes join /media/* -O airgap.tar"])

    @Argument(
        help: "one volume whose others lie beside it, all volumes, a folder or a pattern", valueName: "PATH",
        completion: .file)
    var paths: [String]
    @Option(name: "output", short: "O", help: "the file to write", valueName: "FILE", completion: .file)
    var file: String

    func run(in context: OCMContext) async throws {
        let set = try paths.count == 1 ? VolumeSet(at: paths[0]) : VolumeSet(VolumeSelection.files(paths))
        let file = file
        let size = set.volumes[0].header.totalSize
        try await context.withProgress { observer in
            observer(.planned(items: 1, bytes: size, text: "\(set.volumes.count) volumes, \(ByteCount(size))"))
            observer(.started(id: file, name: file, bytes: size))
            try await set.join(to: file) { observer(.moved(id: file, bytes: $0)) }
            observer(.finished(id: file))
        }
        context.print("\(file): \(ByteCount(size)), \(set.volumes[0].header.whole)")
    }
}
