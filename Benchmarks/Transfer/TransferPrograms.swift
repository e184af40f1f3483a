// SPDX-License-Identifier: Apache-2.0

import Basics

/// The command lines that the rows compare.
struct TransferPrograms {
    let ocm: String
    let peers: PeerPrograms

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

    /// Copies of images by each of the other tools, one after the other.
    ///
    /// - Parameters:
    ///   - name: what rows call it, made from the tool's command.
    ///   - atOnce: whether the copies run at the same time instead.
    func others(
        targets: Int = 0, atOnce: Bool = false, named name: (String) -> String = { $0 },
        copies: @escaping (borrowing TransferPlace) -> [(from: ImagePlace, to: ImagePlace)]
    ) -> [Contender] {
        ImageTool.all(of: peers).map { tool in
            Contender(
                name: name(tool.name), targets: targets,
                work: .program { place in
                    let commands = copies(place).map { tool.copy(from: $0.from, to: $0.to) }
                    if commands.count == 1 { return commands[0] }
                    let lines = commands.map { words in words.map { "'\($0)'" }.joined(separator: " ") }
                    let script =
                        atOnce
                        ? lines.map { "\($0) & all=\"$all $!\"; " }.joined()
                            + "for one in $all; do wait $one || exit; done"
                        : lines.joined(separator: " && ")
                    return ["/bin/sh", "-c", script]
                })
        }
    }
}
