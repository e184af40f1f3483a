// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography

/// Looks at files that may be volumes and finds all that is wrong with them as a set.
struct VolumeSetCheck {
    private(set) var sound: [VolumeFile] = []
    private(set) var faults: [Fault] = []
    private let chosen: String?
    private let isExplicit: Bool
    private var isChosenDamaged = false

    init(_ paths: [String], chosen: String? = nil) {
        (self.chosen, isExplicit) = (chosen, chosen == nil)
        for path in paths {
            do { sound.append(try VolumeFile(path)) } catch {
                // What was chosen has to be named first.
                if path == chosen { isChosenDamaged = true }
                faults.insert(error, at: path == chosen ? 0 : faults.endIndex)
            }
        }
    }

    /// The set that is meant: that of the chosen file, else the one most files belong to.
    private var meant: Digest? {
        if let chosen, let volume = sound.first(where: { $0.path == chosen }) { return volume.header.set }
        let sizes = Dictionary(grouping: sound, by: \.header.set).mapValues(\.count)
        return sizes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// The numbers that are not among the sound volumes of the set that is meant.
    var missing: [Int] {
        guard let set = meant, let count = sound.first(where: { $0.header.set == set })?.header.count else { return [] }
        let there = Set(sound.filter { $0.header.set == set }.map(\.header.number))
        return (1...count).filter { !there.contains($0) }
    }

    /// The volumes in their order, nil when there is none; throws one fault that names everything that is wrong.
    func members() throws(Fault) -> [VolumeFile]? {
        guard let set = meant else {
            guard let first = faults.first else { return nil }
            throw faults.count == 1 ? first : combined(faults.map(\.message))
        }
        let members = sound.filter { $0.header.set == set }.sorted { $0.header.number < $1.header.number }
        let foreign = sound.filter { $0.header.set != set }
        var problems = contradictions(members)
        let missing = missing
        if !missing.isEmpty {
            let numbers = missing.prefix(50).map(String.init).joined(separator: ", ")
            let more = missing.count > 50 ? " and \(missing.count - 50) more" : ""
            problems.append(
                missing.count == 1
                    ? "volume \(numbers) of \(members[0].header.count) is missing"
                    : "volumes \(numbers)\(more) of \(members[0].header.count) are missing")
        }
        // Beside the volume that was named anything may lie, as long as nothing is missing.
        if isExplicit || isChosenDamaged || !missing.isEmpty {
            problems += faults.map(\.message)
            problems += foreign.map { "\($0.path) belongs to another set, as its \($0.summary)" }
        }
        guard !problems.isEmpty else { return members }
        throw combined(problems)
    }

    private func contradictions(_ members: [VolumeFile]) -> [String] {
        var problems: [String] = []
        guard let first = members.first else { return [] }
        for (a, b) in zip(members, members.dropFirst()) where a.header.number == b.header.number {
            problems.append("\(a.path) and \(b.path) are both volume \(a.header.number)")
        }
        for other in members {
            if other.header.count != first.header.count {
                problems.append(
                    "\(first.path) says that there are \(first.header.count) volumes and \(other.path) \(other.header.count)"
                )
            } else if other.header.totalSize != first.header.totalSize
                || other.header.volumeSize != first.header.volumeSize || other.header.whole != first.header.whole
            {
                problems.append("\(first.path) and \(other.path) contradict each other about the whole")
            }
        }
        return problems
    }

    private func combined(_ problems: [String]) -> Fault {
        let damage = faults.first { [.mismatch, .corrupt].contains($0.code) }
        return Fault(
            damage?.code ?? (missing.isEmpty ? .invalid : .notFound), problems.joined(separator: "; "),
            fix: damage?.fix ?? "bring exactly the volumes of one set together, each once")
    }
}
