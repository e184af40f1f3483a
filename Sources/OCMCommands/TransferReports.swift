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
        var table = Table(columns: ["COMPONENT", "VERSION", "ACTION", "RESOURCES", "BYTES"])
        for version in versions {
            let bytes = version.contents.reduce(Int64(0)) { $0 + ($1.bytes ?? 0) }
            table.add([
                version.version.identity.name.text, version.version.identity.version.text, version.action.name,
                "\(version.contents.count)", version.contents.isEmpty ? "-" : "\(ByteCount(bytes))",
            ])
        }
        return "\(table.text())\(source) → \(target): \(summary)"
    }
}

extension TransferReport {
    /// The report for people.
    var text: String {
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
            "\(source) → \(target): \(changed) of \(versions.count) component versions written, "
                + "\(ByteCount(bytesMoved)) moved, \(ByteCount(bytesSpared)) there already")
        return lines.joined(separator: "\n")
    }
}
