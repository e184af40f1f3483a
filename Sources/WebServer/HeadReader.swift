// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD
internal import Web

/// Takes a head's fields as libmicrohttpd found them, and sees to it that they are all that the head's bytes hold.
///
/// libmicrohttpd before 0.9.77 takes a bare LF for a line end, folds lines, and stops at NUL; it parses in place and
/// overwrites each delimiter with NUL. So a head whose lines end in CRLF is, byte for byte: method, NUL, target, NUL,
/// version, NUL NUL, for each field name, NUL, blanks, value, NUL NUL, and at the end NUL NUL. What it gives us points
/// into that: so one place follows the other without gap, and nothing must be compared.
@safe struct HeadReader {
    private(set) var marks = FramingMarks()
    private var fields: [HTTPHeaders.Element] = []
    private var problem: RequestHead.Problem?
    /// Where the next field must begin; nil when the library itself is strict.
    private var place: UnsafeRawPointer?
    private let end: UnsafeRawPointer

    /// - Parameters:
    ///   - start: where the head begins, with the method.
    ///   - method: how many bytes the method has; `target` likewise.
    ///   - version: where the version begins, which has eight bytes.
    init(start: UnsafePointer<UInt8>?, size: Int, method: Int, target: Int, version: UnsafeRawPointer) {
        fields.reserveCapacity(8)
        unsafe end = UnsafeRawPointer(start ?? UnsafePointer(version.assumingMemoryBound(to: UInt8.self))) + size
        guard sovereign_mhd_needs_layout_check() else { return }
        // The target holds NUL where it held “?”, “&” and “=”, and blanks where it held “+”; its own check has seen it
        // before.
        guard let start = unsafe start, unsafe version == UnsafeRawPointer(start) + method + 1 + target + 1 else {
            problem = .layout
            return
        }
        unsafe place = unsafe version + 8
        expectZeros(2)
    }

    /// Takes the next field.
    mutating func take(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        guard problem == nil else { return }
        if unsafe place != nil {
            unsafe expect(name)
            expectZeros(1)
            skipBlanks()
            // An empty value may be given as a place of the library's own.
            if !value.isEmpty { unsafe expect(value) }
            expectZeros(2)
            guard problem == nil else { return }
        }
        guard unsafe HTTPToken.isValid(name) else {
            problem = RequestHead.Problem(400, "a field's name is no token")
            return
        }
        guard unsafe value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            problem = RequestHead.Problem(400, "a field holds control characters")
            return
        }
        guard let text = unsafe String(validating: value, as: UTF8.self) else {
            problem = .layout
            return
        }
        let field = (name: unsafe String(decoding: name, as: UTF8.self), value: text)
        marks.note(field.name, field.value)
        fields.append(field)
    }

    /// All fields, when they are all there is.
    mutating func finish() throws(RequestHead.Problem) -> [HTTPHeaders.Element] {
        if unsafe place != nil {
            expectZeros(2)
            if unsafe place != end { problem = problem ?? .layout }
        }
        if let problem { throw problem }
        return fields
    }

    // Proof for the three below: no byte at or behind `end` is read, and the bytes before it are libmicrohttpd's.

    private mutating func expect(_ found: UnsafeBufferPointer<UInt8>) {
        guard let here = unsafe place, let start = found.baseAddress, unsafe UnsafeRawPointer(start) == here,
            unsafe here + found.count <= end
        else {
            problem = problem ?? .layout
            return
        }
        unsafe place = unsafe here + found.count
    }

    private mutating func expectZeros(_ count: Int) {
        guard let here = unsafe place, unsafe here + count <= end,
            (0..<count).allSatisfy({ unsafe here.load(fromByteOffset: $0, as: UInt8.self) == 0 })
        else {
            problem = problem ?? .layout
            return
        }
        unsafe place = unsafe here + count
    }

    private mutating func skipBlanks() {
        guard var here = unsafe place else { return }
        while unsafe here < end {
            let byte = unsafe here.load(as: UInt8.self)
            guard byte == 0x20 || byte == 0x09 else { break }
            unsafe here += 1
        }
        unsafe place = here
    }
}

extension ConnectionHandle {
    /// Gives a reader the fields in their order.
    func readFields(into reader: inout HeadReader) {
        unsafe withUnsafeMutablePointer(to: &reader) { place in
            _ = unsafe MHD_get_connection_values_n(pointer, .HEADER_KIND, takeField, UnsafeMutableRawPointer(place))
        }
    }
}

private func takeField(
    _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?, _ nameSize: Int,
    _ value: UnsafePointer<CChar>?, _ valueSize: Int
) -> MHD_Result {
    guard let context = unsafe context else { return .NO }
    func bytes(_ start: UnsafePointer<CChar>?, _ count: Int) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(
            start: UnsafeRawPointer(start)?.assumingMemoryBound(to: UInt8.self),
            count: unsafe start == nil ? 0 : count)
    }
    // Proof: the context is the reader that `readFields` lends for the time of the call.
    unsafe context.assumingMemoryBound(to: HeadReader.self).pointee.take(bytes(name, nameSize), bytes(value, valueSize))
    return .YES
}
