// SPDX-License-Identifier: Apache-2.0

import Basics

/// Two tars of 1 GiB, made of files of 1 MiB of which one changed; and the same with a new time in every header. Then two
/// compressed layers of 256 MiB of words, of which one file became another, longer one.
struct LayerCase {
    let context: BenchmarkContext
    private static let fileSize = 1 << 20

    func run() async throws {
        let work = try context.workFolder()
        let files = max(1024 / context.options.divisor, 4)
        let (old, changed, touched) = ("\(work.path)/old.tar", "\(work.path)/changed.tar", "\(work.path)/touched.tar")
        context.say("delta: making tars of \(files) MiB")
        try write(old, files: files, time: "14000000000")
        try write(changed, files: files, time: "14000000000", changed: files / 2)
        try write(touched, files: files, time: "14777777777")
        try await measure("one file of 1 MiB changed", work.path, old, changed)
        try await measure("every time changed", work.path, old, touched)
        try await runCompressed(work.path, files: max(files / 4, 4))
    }

    /// Behind the change of length, a gzip has other bits to its end.
    private func runCompressed(_ folder: String, files: Int) async throws {
        let (tar, old, new) = ("\(folder)/layer.tar", "\(folder)/old.gz", "\(folder)/new.gz")
        context.say("delta: making compressed layers of \(files) MiB")
        try write(tar, files: files, time: "14000000000", content: Self.words)
        guard let tool = try await CompressedLayer.write(tar, to: old) else {
            return context.say("delta: no program that compresses layers is installed")
        }
        try write(tar, files: files, time: "14000000000") { number in
            Self.words(number == files / 8 ? 100_000 : number) + (number == files / 8 ? Self.words(1).prefix(9999) : [])
        }
        _ = try await CompressedLayer.write(tar, to: new)
        try FileSystem.remove(tar)
        try await measure("one file of 1 MiB changed, compressed by \(tool)", folder, old, new)
    }

    /// A file of words of its own, which compresses as programs and texts do.
    private static func words(_ number: Int) -> [UInt8] {
        var noise = Noise(seed: UInt64(number))
        let words = (0..<200).map { noise.bytes(3 + $0 % 9) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fileSize + 16)
        for choice in noise.bytes(fileSize / 4) where bytes.count < fileSize {
            bytes += words[Int(choice) % words.count]
        }
        return bytes
    }

    /// Ours, and beside it whichever of the others is installed.
    private func measure(_ name: String, _ folder: String, _ old: String, _ new: String) async throws {
        let (delta, out) = ("\(folder)/delta", "\(folder)/out")
        let ocm = try context.ocm
        let own = Tool(
            name: "ocm", make: [ocm, "delta", "make", "--base", old, new, delta],
            apply: [ocm, "delta", "apply", "--base", old, delta, out])
        var others = [
            Tool(
                name: "zstd --patch-from",
                make: ["/usr/bin/zstd", "-q", "-f", "--long=31", "--patch-from=\(old)", new, "-o", delta],
                apply: ["/usr/bin/zstd", "-q", "-f", "-d", "--long=31", "--patch-from=\(old)", delta, "-o", out]),
            Tool(
                name: "xdelta3",
                make: ["/usr/bin/xdelta3", "-e", "-D", "-f", "-B", "2147483648", "-s", old, new, delta],
                apply: ["/usr/bin/xdelta3", "-d", "-D", "-f", "-B", "2147483648", "-s", old, delta, out]),
        ].filter { FileSystem.exists($0.make[0]) }
        if others.isEmpty { others = [own] }
        for other in others {
            var (make, apply) = (PairedRuns(), PairedRuns())
            var sizes: (own: Double, other: Double) = (0, 0)
            for _ in 1...context.options.rounds {
                make.own.append(try await .of(own.make))
                sizes.own = Double(try SharedFile(reading: delta).size())
                apply.own.append(try await .of(own.apply))
                guard other.name != own.name else { continue }
                make.peer.append(try await .of(other.make))
                sizes.other = Double(try SharedFile(reading: delta).size())
                apply.peer.append(try await .of(other.apply))
            }
            let peer = other.name == own.name ? nil : other.name
            var size = Figure(suite: "delta", name: name, metric: "size", value: sizes.own / 1024, unit: "KiB")
            if let peer { size.peer = (peer, sizes.other / 1024, sizes.own / max(sizes.other, 1)) }
            context.report(size)
            let figures =
                make.figures(suite: "delta", name: "\(name), made", peerName: peer)
                + apply.figures(suite: "delta", name: "\(name), applied", peerName: peer)
            for figure in figures { context.report(figure) }
        }
    }

    private struct Tool {
        let name: String
        let make: [String]
        let apply: [String]
    }

    private func write(_ path: String, files: Int, time: String, changed: Int? = nil) throws {
        try write(path, files: files, time: time) { number in
            var noise = Noise(seed: UInt64(number) + (number == changed ? 100_000 : 0))
            return noise.bytes(Self.fileSize)
        }
    }

    private func write(_ path: String, files: Int, time: String, content: (Int) -> [UInt8]) throws {
        let file = try AtomicFile(path)
        for number in 0..<files {
            let bytes = content(number), size = String(bytes.count, radix: 8)
            var header = Array("layer/file-\(number)".utf8)
            header += [UInt8](repeating: 0, count: 124 - header.count)
            header += Array((String(repeating: "0", count: 11 - size.count) + "\(size)\0\(time)\0").utf8)
            header += [UInt8](repeating: 0, count: 512 - header.count)
            try file.write(header[...])
            try file.write(bytes[...])
            try file.write([UInt8](repeating: 0, count: -bytes.count & 511)[...])
        }
        try file.write([UInt8](repeating: 0, count: 1024)[...])
        try file.commit(durably: false)
    }
}
