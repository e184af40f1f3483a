// SPDX-License-Identifier: Apache-2.0

/// One line of a log before it is bytes.
struct LogLine {
    /// Nanoseconds since 1970.
    let time: Int64
    let level: LogLevel
    let message: String
    let fields: Fields

    /// Room for the mark that fields are missing, and the end of the line.
    private static let reserve = 32
    /// Names that every line has; a field of such a name gets `_` in front.
    private static let reserved = ["time", "level", "message", "truncated"]

    /// The line with its end, of `limit` bytes at the most. A message may take half of them, a value a quarter; fields
    /// that do not fit are left out, and `truncated` says so.
    func bytes(_ format: LogFormat, limit: Int) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        switch format {
        case .json:
            line.append(contentsOf: "{\"time\":\"".utf8)
            appendMilliseconds(time, to: &line)
            line.append(contentsOf: "\",\"level\":\"".utf8)
            line.append(contentsOf: level.description.utf8)
            line.append(contentsOf: "\",\"message\":".utf8)
            LogText.quote(message, into: &line, limit: limit / 2)
        case .text:
            appendMilliseconds(time, to: &line)
            line.append(0x20)
            line.append(contentsOf: level.description.uppercased().utf8)
            line.append(0x20)
            put(message, into: &line, limit: limit / 2, spaces: true)
        }
        var isTruncated = false
        for (name, value) in fields {
            let before = line.count
            put(Self.reserved.contains(name) ? "_\(name)" : name, value, format, into: &line, limit: limit / 4)
            if line.count + Self.reserve > limit {
                line.removeLast(line.count - before)
                isTruncated = true
            }
        }
        if isTruncated { put("truncated", true, format, into: &line, limit: limit) }
        line.append(contentsOf: (format == .json ? "}\n" : "\n").utf8)
        return line
    }

    private func put(
        _ name: String, _ value: FieldValue, _ format: LogFormat, into line: inout [UInt8], limit: Int
    ) {
        switch format {
        case .json:
            line.append(contentsOf: ",\"".utf8)
            line.append(contentsOf: name.utf8)
            line.append(contentsOf: "\":".utf8)
            if let literal = value.jsonLiteral {
                line.append(contentsOf: literal.utf8)
            } else {
                LogText.quote(value.text, into: &line, limit: limit)
            }
        case .text:
            line.append(0x20)
            line.append(contentsOf: name.utf8)
            line.append(UInt8(ascii: "="))
            put(value.text, into: &line, limit: limit, spaces: false)
        }
    }

    private func put(_ text: String, into line: inout [UInt8], limit: Int, spaces: Bool) {
        if LogText.isBare(text, spaces: spaces) {
            LogText.append(text, into: &line, limit: limit)
        } else {
            LogText.quote(text, into: &line, limit: limit)
        }
    }
}
