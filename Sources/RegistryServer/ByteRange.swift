// SPDX-License-Identifier: Apache-2.0

/// What a request's `Range` asks for of a content of known size (RFC 9110 section 14).
enum ByteRange: Equatable {
    /// Everything: no range, several ones, or of another unit, which a server may answer in full.
    case whole
    /// A part.
    case part(Range<Int64>)
    /// Nothing of it is there.
    case unsatisfiable

    init(_ field: String?, size: Int64) {
        guard let field, field.hasPrefix("bytes="), !field.contains(",") else {
            self = .whole
            return
        }
        let text = field.dropFirst(6)
        guard let dash = text.firstIndex(of: "-") else {
            self = .whole
            return
        }
        let (first, last) = (text[..<dash], text[text.index(after: dash)...])
        func number(_ digits: Substring) -> Int64? {
            !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(digits) : nil
        }
        switch (number(first), number(last)) {
        case (let start?, let end?) where start <= end:
            self = start < size ? .part(start..<min(end, size - 1) + 1) : .unsatisfiable
        case (let start?, nil) where last.isEmpty: self = start < size ? .part(start..<size) : .unsatisfiable
        case (nil, let count?) where first.isEmpty:
            self = count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .unsatisfiable
        default: self = .whole
        }
    }
}

/// Where bytes of an upload belong: `<first>-<last>` (distribution specification, “Pushing a blob in chunks”), also with
/// the unit and the total that RFC 9110 wants.
struct UploadRange: Equatable {
    let first: Int64
    let last: Int64

    init?(_ field: String) {
        var text = field[...]
        if text.hasPrefix("bytes ") { text = text.dropFirst(6) }
        if let slash = text.firstIndex(of: "/") { text = text[..<slash] }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        func number(_ digits: Substring) -> Int64? {
            !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(digits) : nil
        }
        guard parts.count == 2, let first = number(parts[0]), let last = number(parts[1]), first <= last,
            last < .max
        else { return nil }
        (self.first, self.last) = (first, last)
    }

    var count: Int64 { last - first + 1 }
}
