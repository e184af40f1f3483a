// SPDX-License-Identifier: Apache-2.0

// The rules of the OCI distribution specification, “Pulling manifests”, for each part of a reference.
extension LooseReference {
    /// A host with an optional port, an IPv6 address in brackets.
    static func isRegistry(_ text: String) -> Bool {
        var host = text.utf8[...]
        if let close = host.lastIndex(of: UInt8(ascii: "]")) {
            guard host.first == UInt8(ascii: "["), isPort(host[host.index(after: close)...]) else { return false }
            host = host[..<close].dropFirst()
            return !host.isEmpty && host.allSatisfy { isHexadecimal($0) || ":.".utf8.contains($0) }
        }
        if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
            guard isPort(host[colon...]) else { return false }
            host = host[..<colon]
        }
        return !host.isEmpty
            && host.allSatisfy { isAlphanumeric($0) || $0 >= 0x80 || "-._~!$&'()*+,;=".utf8.contains($0) }
    }

    private static func isPort(_ text: Substring.UTF8View) -> Bool {
        text.isEmpty || text.first == UInt8(ascii: ":") && text.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Lower-case words joined by `.`, `_`, `__` or any number of `-`, in parts joined by `/`.
    static func isRepository(_ text: String) -> Bool {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.first, let last = part.last, isLowercaseWord(first), isLowercaseWord(last) else {
                return false
            }
            let joints = part.split(whereSeparator: isLowercaseWord)
            return joints.allSatisfy { joint in
                joint.elementsEqual(".".utf8) || joint.elementsEqual("_".utf8) || joint.elementsEqual("__".utf8)
                    || joint.allSatisfy { $0 == UInt8(ascii: "-") }
            }
        }
    }

    /// Up to 128 letters, digits, `_`, `.` and `-`, the last two not at the start.
    static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        return (isAlphanumeric(first) || first == UInt8(ascii: "_"))
            && text.utf8.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }

    /// The algorithms that OCI registers, and how many digits each gives.
    static let digestLengths = ["sha256": 64, "sha384": 96, "sha512": 128]

    /// One of these algorithms and as many lower-case hexadecimal digits as it gives.
    static func isDigest(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, let length = digestLengths[String(Substring(parts[0]))] else { return false }
        return parts[1].count == length && parts[1].allSatisfy { isHexadecimal($0) && !(0x41...0x46).contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    private static func isLowercaseWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
