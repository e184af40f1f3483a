// SPDX-License-Identifier: Apache-2.0

import Basics

/// The command lines that the rows compare.
struct TransferPrograms {
    let ocm: String
    let skopeo: String?

    /// Makes an archive.
    func add(_ constructor: String, to archive: String) async throws {
        let words = ["add", "cv", "--progress", "none", "--create", "--file", archive, constructor]
        _ = try await MeasuredRun.of([ocm] + words)
    }

    /// One run of ours; the target comes from the place.
    func own(
        _ source: String, named name: String = "ocm", targets: Int = 0, options: [String] = [],
        to target: @escaping (borrowing TransferPlace) -> [String]
    ) -> Contender {
        Contender(
            name: name, targets: targets,
            work: .program { place in
                [ocm, "transfer", "cv", "--progress", "none", "--recursive", "--copy-resources"] + options + [source]
                    + target(place)
            })
    }

    /// Ours with the journal, which is usual, and without.
    func pair(
        _ source: String, targets: Int = 0, options: [String] = [],
        to target: @escaping (borrowing TransferPlace) -> [String]
    ) -> [Contender] {
        [
            own(source, targets: targets, options: options, to: target),
            own(
                source, named: "--journal none", targets: targets, options: options + ["--journal", "none"], to: target),
        ]
    }

    /// Copies of images one after the other; nothing when there is no skopeo.
    ///
    /// - Parameter atOnce: whether they run at the same time instead.
    func peer(
        _ name: String = "skopeo copy", targets: Int = 0, atOnce: Bool = false,
        copies: @escaping (borrowing TransferPlace) -> [(from: String, to: String)]
    ) -> [Contender] {
        guard let skopeo else { return [] }
        let options = "--quiet --preserve-digests --src-tls-verify=false --dest-tls-verify=false"
        return [
            Contender(
                name: name, targets: targets,
                work: .program { place in
                    let copies = copies(place)
                    if copies.count == 1 {
                        return [skopeo, "copy"] + options.split(separator: " ").map(String.init)
                            + [copies[0].from, copies[0].to]
                    }
                    let lines = copies.map { "\(skopeo) copy \(options) '\($0.from)' '\($0.to)'" }
                    let script =
                        atOnce
                        ? lines.map { "\($0) & all=\"$all $!\"; " }.joined()
                            + "for one in $all; do wait $one || exit; done"
                        : lines.joined(separator: " && ")
                    return ["/bin/sh", "-c", script]
                })
        ]
    }
}
