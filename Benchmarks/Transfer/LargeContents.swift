// SPDX-License-Identifier: Apache-2.0

import Basics

/// Whether memory grows with content: images of 1, 4 and 10 GiB to a registry and back, each once.
///
/// Layers are holes but for their first MiB; what carries them reads, digests and writes every byte all the same.
struct LargeContents {
    let programs: TransferPrograms
    let context: BenchmarkContext

    func run() async throws {
        let workFolder = try context.workFolder()
        let work = workFolder.path
        defer { withExtendedLifetime(workFolder) {} }
        for gibibytes in [1, 4, 10] {
            let size = (gibibytes << 30) / context.options.divisor
            // At most two copies at any moment, and a little more for what file systems keep beside.
            let free = try FileSystem.freeSpace(in: work)
            guard free > Int64(size) * 9 / 4 else {
                throw Fault(
                    .limitExceeded, "\(work) has \(ByteCount(free)) left, too little for \(gibibytes) GiB twice",
                    fix: "name a folder with more space with --folder")
            }
            context.say("transfer: memory with \(gibibytes) GiB")
            var place = try await TransferPlace("\(work)/large", registries: 1, of: programs.peers[.registry])
            do {
                try await carry(size, "\(ByteCount(Int64(size)))", place)
            } catch {
                try? place.end()
                throw error
            }
            try place.end()
        }
    }

    private func carry(_ size: Int, _ title: String, _ place: borrowing TransferPlace) async throws {
        let (image, archive, url) = ("\(place.folder)/image", "\(place.folder)/archive", place.registry.url)
        try SampleImage.write(to: image, tag: "1.0.0", layers: 8, layerSize: size / 8, isSparse: true)
        try FileSystem.write(Array(ImageCase.constructor.utf8), to: "\(place.folder)/constructor.yaml")
        try await programs.add("\(place.folder)/constructor.yaml", to: archive)
        try FileSystem.remove(image)
        let command = [programs.ocm, "transfer", "cv", "--progress", "none", "--copy-resources"]
        let push = try await MeasuredRun.of(
            command + ["--upload-as", "ociArtifact", "\(archive)//\(ImageCase.component)", url],
            variables: place.variables)
        try FileSystem.remove(archive)
        let pull = try await MeasuredRun.of(
            command + ["\(url)//\(ImageCase.component)", "ctf::\(place.folder)/copy"], variables: place.variables)
        for (name, run) in [("archive to registry", push), ("registry to archive", pull)] {
            for (metric, value, unit) in [
                ("peak_memory", run.peakMemory, "MiB"),
                ("peak_memory_shared_once", run.peakMemorySharedOnce, "MiB"), ("wall", run.wall, "s"),
            ] {
                context.report(
                    Figure(suite: "transfer", name: "\(name), \(title)", metric: metric, value: value, unit: unit))
            }
        }
    }
}
