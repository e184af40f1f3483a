// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Cryptography
internal import Documents
internal import Repositories

/// The volumes that paths on the command line name, for showing; sets need not be whole.
struct VolumeSelection {
    let files: [String]
    let volumes: [VolumeFile]
    var faults: [Fault]
    var damaged: Set<String> = []
    var isVerified = false

    init(_ paths: [String]) throws(Fault) {
        files = try Self.files(paths)
        var volumes: [VolumeFile] = []
        faults = []
        for path in files {
            do { volumes.append(try VolumeFile(path)) } catch { faults.append(error) }
        }
        self.volumes = volumes.sorted {
            ($0.header.set.hex, $0.header.number, $0.path) < ($1.header.set.hex, $1.header.number, $1.path)
        }
    }

    /// The files that paths stand for, each once.
    static func files(_ paths: [String]) throws(Fault) -> [String] {
        var files: [String] = []
        for path in paths {
            for file in try VolumeSet.candidates(at: path) where !files.contains(file) { files.append(file) }
        }
        return files
    }

    /// The numbers of a set that are not among the volumes.
    private func absent(_ volumes: [VolumeFile]) -> [Int] {
        let there = Set(volumes.map(\.header.number))
        return (1...volumes[0].header.count).filter { !there.contains($0) }
    }

    private var sets: [[VolumeFile]] {
        Dictionary(grouping: volumes, by: \.header.set).sorted { $0.key < $1.key }.map(\.value)
    }

    private func state(_ volume: VolumeFile) -> String {
        damaged.contains(volume.path) ? "damaged" : isVerified ? "intact" : "not read"
    }

    var json: JSON {
        .array(
            sets.map { set in
                let header = set[0].header
                return [
                    "set": .string(header.set.description), "count": .number(JSONNumber(Int64(header.count))),
                    "size": .number(JSONNumber(header.totalSize)), "digest": .string(header.whole.description),
                    "volumes": .array(
                        set.map { volume in
                            [
                                "path": .string(volume.path),
                                "number": .number(JSONNumber(Int64(volume.header.number))),
                                "bytes": .number(JSONNumber(Int64(volume.header.range.count))),
                                "state": .string(state(volume)),
                            ]
                        }), "absent": .array(absent(set).map { .number(JSONNumber(Int64($0))) }),
                ]
            })
    }

    var text: String {
        var table = Table(columns: ["VOLUME", "FILE", "BYTES", "SET", "STATE"])
        for volume in volumes {
            table.add([
                "\(volume.header.number) of \(volume.header.count)", volume.path,
                "\(ByteCount(Int64(volume.header.range.count)))", String(volume.header.set.hex.prefix(8)),
                state(volume),
            ])
        }
        var text = volumes.isEmpty ? "" : table.text()
        for set in sets {
            let absent = absent(set)
            guard !absent.isEmpty else { continue }
            let numbers = absent.prefix(50).map(String.init).joined(separator: ", ")
            let more = absent.count > 50 ? " and \(absent.count - 50) more" : ""
            text += "of set \(set[0].header.set.hex.prefix(8)), not looked at: \(numbers)\(more)\n"
        }
        return text
    }

    /// Throws one fault that names every file that is damaged or no volume.
    func throwFaults() throws(Fault) {
        guard let first = faults.first else { return }
        guard faults.count > 1 else { throw first }
        let code = faults.first { $0.code == .mismatch }?.code ?? first.code
        throw Fault(code, faults.map(\.message).joined(separator: "; "), fix: first.fix)
    }
}
