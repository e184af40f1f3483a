// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// A distinguished name as attributes; values of one attribute are unordered.
public struct DistinguishedName: Hashable, Sendable, CustomStringConvertible {
    /// Values by attribute: C, O, OU, L, ST, STREET, POSTALCODE, SERIALNUMBER, CN.
    public let attributes: [String: Set<String>]
    /// RFC 2253 in the order in which Go prints names.
    public let description: String

    /// Attributes with their values.
    init(_ pairs: [(String, String)]) {
        attributes = Dictionary(grouping: pairs, by: \.0).mapValues { Set($0.map(\.1)) }
        let order = ["SERIALNUMBER", "CN", "OU", "O", "POSTALCODE", "STREET", "L", "ST", "C"]
        let rank: (String) -> Int = { order.firstIndex(of: $0) ?? order.count }
        description = pairs.enumerated().sorted { (rank($0.element.0), $0.offset) < (rank($1.element.0), $1.offset) }
            .map { "\($0.element.0)=\(Self.escape($0.element.1))" }.joined(separator: ",")
    }

    /// Reads a name as the older tools write it: `K=V` separated by one of `/ ; , +`; a text without `=` is a common name.
    ///
    /// Throws `.invalid` for an unknown attribute.
    public init(_ text: String) throws(Fault) {
        guard text.contains("=") else {
            self.init([("CN", text)])
            return
        }
        var pairs: [(String, String)] = []
        for part in text.split(whereSeparator: { "/;,+".contains($0) }) {
            guard let equals = part.firstIndex(of: "=") else {
                throw Fault(.invalid, "“\(text)” is no distinguished name", fix: "write it as CN=name,O=organisation")
            }
            let key = String(part[..<equals]).trimmed.uppercased()
            let name = key == "SN" ? "SERIALNUMBER" : key
            guard ["C", "O", "OU", "L", "ST", "STREET", "POSTALCODE", "SERIALNUMBER", "CN"].contains(name) else {
                throw Fault(.invalid, "“\(key)” in “\(text)” is no attribute of a name", fix: "use C, O, OU, L, ST, STREET, POSTALCODE, SN or CN")
            }
            pairs.append((name, String(part[part.index(after: equals)...]).trimmed))
        }
        self.init(pairs)
    }

    @unsafe init(_ name: OpaquePointer?) {
        var pairs: [(String, String)] = []
        for index in 0..<(unsafe X509_NAME_entry_count(name)) {
            guard let entry = unsafe X509_NAME_get_entry(name, index), let object = unsafe X509_NAME_ENTRY_get_object(entry) else { continue }
            let known: [Int32: String] = [
                NID_countryName: "C", NID_organizationName: "O", NID_organizationalUnitName: "OU", NID_localityName: "L",
                NID_stateOrProvinceName: "ST", NID_streetAddress: "STREET", NID_postalCode: "POSTALCODE",
                NID_serialNumber: "SERIALNUMBER", NID_commonName: "CN",
            ]
            var buffer = [CChar](repeating: 0, count: 128)
            unsafe OBJ_obj2txt(&buffer, 128, object, 1)
            let identifier = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            var output: UnsafeMutablePointer<UInt8>?
            let length = unsafe ASN1_STRING_to_UTF8(&output, X509_NAME_ENTRY_get_data(entry))
            guard length >= 0, let output = unsafe output else { continue }
            defer { unsafe CRYPTO_free(output, #file, #line) }
            let value = unsafe String(decoding: UnsafeBufferPointer(start: output, count: Int(length)), as: UTF8.self)
            pairs.append((known[unsafe OBJ_obj2nid(object)] ?? identifier, value))
        }
        self.init(pairs)
    }

    /// Whether this name has every attribute value of another.
    public func contains(_ other: DistinguishedName) -> Bool {
        other.attributes.allSatisfy { key, values in values.isSubset(of: attributes[key] ?? []) }
    }

    private static func escape(_ value: String) -> String {
        var text = ""
        for (index, character) in value.enumerated() {
            let isEdge = (index == 0 && " #".contains(character)) || (index == value.count - 1 && character == " ")
            if isEdge || ",+\"\\<>;".contains(character) { text += "\\" }
            text.append(character)
        }
        return text
    }
}
