// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Repositories
internal import Transfer

extension TransferPlan {
    /// The plan for people.
    var text: String {
        targets.map { target in
            guard target.failure == nil else { return "\(source) → \(target.locator): \(target.summary)" }
            var table = Table(columns: ["COMPONENT", "VERSION", "ACTION", "RESOURCES", "BYTES"])
            for version in target.versions {
                let bytes = version.contents.reduce(Int64(0)) { $0 + ($1.bytes ?? 0) }
                table.add([
                    version.identity.name.text, version.identity.version.text, version.action.name,
                    "\(version.contents.count)", version.contents.isEmpty ? "-" : "\(ByteCount(bytes))",
                ])
            }
            return "\(table.text())\(source) → \(target.locator): \(target.summary)"
        }.joined(separator: "\n\n")
    }

    /// Tells who watches how much there is to do, and what is there already.
    func announce(to observer: ProgressObserver) {
        let contents = targets.flatMap { $0.versions.flatMap(\.contents) }
        let summary = targets.map(\.summary).joined(separator: "; ")
        observer(.planned(items: contents.count, bytes: bytes, text: summary))
        for version in targets.flatMap(\.versions) {
            guard case .skip(let reason) = version.action else { continue }
            let name = version.identity.description
            observer(.skipped(id: name, name: name, reason: reason))
        }
    }
}

extension OCMContext {
    /// Prints what a transfer did; throws when a target does not have everything.
    ///
    /// With one target its failure is the command's; with several the exit code is 5 unless all failed alike.
    func present(_ report: TransferReport, of plan: TransferPlan?, as output: OutputFormat) throws {
        let lost = plan?.targets.filter { $0.failure != nil } ?? []
        let failures = lost.compactMap(\.failure) + report.targets.compactMap(\.failure)
        let count = report.targets.count + lost.count
        if count == 1, let failure = failures.first { throw failure }
        let refused = lost.map {
            TargetReport(target: $0.locator, versions: [], bytesMoved: 0, bytesSpared: 0, failure: $0.failure)
        }
        let all = TransferReport(source: report.source, targets: report.targets + refused)
        present(all.json, as: output) { all.text }
        guard let first = failures.first else { return }
        let isUniform = failures.count == count && failures.allSatisfy { $0.code == first.code }
        throw Fault(
            isUniform ? first.code : .partial, "\(failures.count) of \(count) targets do not have everything",
            fix: first.fix, cause: first)
    }
}

extension TransferReport {
    /// The report for people.
    var text: String { targets.map { $0.text(source) }.joined(separator: "\n") }
}

extension TargetReport {
    fileprivate func text(_ source: RepositoryLocator) -> String {
        var lines: [String] = []
        for version in versions {
            switch version.action {
            case "skip": lines.append("\(version.identity): there already")
            case "update": lines.append("\(version.identity): signatures updated, \(version.digest?.description ?? "")")
            default: lines.append("\(version.identity): carried, \(version.digest?.description ?? "")")
            }
        }
        let changed = versions.filter { $0.action != "skip" }.count
        lines.append(
            "\(source) → \(target): "
                + (failure.map { "failed: \($0.message)" }
                    ?? "\(changed) of \(versions.count) component versions written, "
                    + "\(ByteCount(bytesMoved)) moved, \(ByteCount(bytesSpared)) there already"))
        return lines.joined(separator: "\n")
    }
}
