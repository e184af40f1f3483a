// SPDX-License-Identifier: Apache-2.0

internal import Web

/// A request's head as it was parsed, and the rules it must keep so that no reader before or behind us sees another
/// request in the same bytes.
struct RequestHead: Sendable {
    let method: String
    /// The target as it was sent.
    let target: String
    let version: String
    let fields: [(name: String, value: String)]

    /// What is wrong with it: status and reason.
    struct Problem: Error, Equatable {
        let status: Int
        let reason: String
        init(_ status: Int, _ reason: String) { (self.status, self.reason) = (status, reason) }
    }

    /// How the body is delimited (RFC 9112 section 6).
    enum Framing: Equatable {
        case none
        case length(Int64)
        case chunked
    }

    /// Checks everything and says how the body is delimited.
    func framing() throws(Problem) -> Framing {
        guard HTTPToken.isValid(method) else { throw Problem(400, "the method is no token") }
        guard version == "HTTP/1.1" || version == "HTTP/1.0" else { throw Problem(505, "the version is not HTTP/1.1") }
        for (name, value) in fields {
            guard HTTPToken.isValid(name) else { throw Problem(400, "a field's name is no token") }
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw Problem(400, "a field holds control characters")
            }
        }
        let hosts = values("Host").count
        guard hosts == 1 || hosts == 0 && version == "HTTP/1.0" else {
            throw Problem(400, "there must be one Host field")
        }
        let expectations = values("Expect")
        guard expectations.allSatisfy({ $0.lowercased() == "100-continue" }), expectations.count <= 1 else {
            throw Problem(417, "only 100-continue can be expected")
        }
        let (lengths, codings) = (values("Content-Length"), values("Transfer-Encoding"))
        guard lengths.isEmpty || codings.isEmpty else {
            throw Problem(400, "there are both Content-Length and Transfer-Encoding")
        }
        guard lengths.count <= 1, codings.count <= 1 else { throw Problem(400, "the body's length is given twice") }
        if let coding = codings.first {
            guard coding.lowercased() == "chunked", version == "HTTP/1.1" else {
                throw Problem(501, "the only transfer coding is chunked")
            }
            return .chunked
        }
        guard let text = lengths.first else { return .none }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int64(text) else {
            throw Problem(400, "Content-Length is no number")
        }
        return length == 0 ? .none : .length(length)
    }

    private func values(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// Whether the bytes the head was parsed from hold what was parsed and nothing else.
    ///
    /// libmicrohttpd before 0.9.77 takes a bare LF for a line end, folds lines, and stops at NUL; it parses in place and
    /// overwrites each delimiter with NUL. So a head whose lines end in CRLF is, byte for byte: method, NUL, target,
    /// NUL, version, NUL NUL, for each field name, NUL, blanks, value, NUL NUL, and at the end NUL NUL.
    func accounts(for block: [UInt8]) -> Bool {
        var rest = block[...]
        func take(_ text: String) -> Bool {
            guard rest.starts(with: text.utf8) else { return false }
            rest = rest.dropFirst(text.utf8.count)
            return true
        }
        // The target holds NUL where it held “?”, “&” and “=”, and blanks where it held “+”.
        guard take("\(method)\0") else { return false }
        rest = rest.dropFirst(target.utf8.count)
        guard take("\0\(version)\0\0") else { return false }
        for (name, value) in fields {
            guard take("\(name)\0") else { return false }
            rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
            guard take("\(value)\0\0") else { return false }
        }
        return take("\0\0") && rest.isEmpty
    }
}
