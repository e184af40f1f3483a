// SPDX-License-Identifier: Apache-2.0

extension AuditRecord {
    /// Parameters whose values are no secrets.
    private static let plain: Set<String> = [
        "allowWatchBookmarks", "container", "continue", "dryRun", "fieldManager", "fieldSelector", "fieldValidation",
        "follow", "force", "gracePeriodSeconds", "hash", "includeObject", "labelSelector", "limit", "limitBytes",
        "orphanDependents", "pretty", "previous", "propagationPolicy", "resourceVersion", "resourceVersionMatch",
        "sendInitialEvents", "sinceSeconds", "stderr", "stdin", "stdout", "tailLines", "timeout", "timeoutSeconds",
        "timestamps", "tty", "verbose", "watch",
    ]

    /// A request's target as records have it: values of parameters that the API does not know are left out, since people
    /// put tokens there, and those of commands, which hold passwords.
    public static func uri(path: String, query: [(name: String, value: String)]) -> String {
        let items = query.map { name, value in
            "\(escaped(name, keeping: ""))=\(plain.contains(name) ? escaped(value, keeping: ",:/") : "redacted")"
        }
        return escaped(path, keeping: "/:@!$'()*,;=+") + (items.isEmpty ? "" : "?\(items.joined(separator: "&"))")
    }

    private static func escaped(_ text: String, keeping others: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case _ where others.utf8.contains(byte): bytes.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
