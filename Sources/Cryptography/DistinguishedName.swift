// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import COpenSSL

/// A distinguished name: attributes with values that are in no order.
public struct DistinguishedName: Hashable, Sendable, CustomStringConvertible {
    /// Values by attribute: C, O, OU, L, ST, STREET, POSTALCODE, SERIALNUMBER, CN; other attributes by their object
    /// identifier, with values as `#` and the hexadecimal digits of their DER.
    public let attributes: [String: Set<String>]
    /// RFC 2253 as Go's `pkix.Name.String` prints it: `CN=…,OU=…,O=…,C=…`, values of one attribute joined by `+`.
    public let description: String

    /// The attributes that are printed by name, in the order of the text.
    private static let named = ["SERIALNUMBER", "CN", "OU", "O", "POSTALCODE", "STREET", "L", "ST", "C"]

    /// Attributes with their values, in the order of the certificate.
    init(_ pairs: [(attribute: String, value: String)]) {
        var values: [String: [String]] = [:]
        for (attribute, value) in pairs {
            // Go keeps the last common name and the last serial number, and all of the others.
            let isSingle = attribute == "CN" || attribute == "SERIALNUMBER"
            guard !isSingle || !value.isEmpty else { continue }
            values[attribute] = isSingle ? [value] : values[attribute, default: []] + [value]
        }
        attributes = values.mapValues(Set.init)
        let parts = Self.named.compactMap { attribute in
            values[attribute].map { $0.map { "\(attribute)=\(Self.escape($0))" }.joined(separator: "+") }
        }
        // Go prints the other attributes behind the named ones, the last one first.
        let others = pairs.filter { !Self.named.contains($0.attribute) }.reversed().map {
            "\($0.attribute)=\($0.value)"
        }
        description = (parts + others).joined(separator: ",")
    }

    /// Names are equal when they have the same attributes with the same values.
    public static func == (a: DistinguishedName, b: DistinguishedName) -> Bool { a.attributes == b.attributes }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(attributes) }

    /// Whether this name has every attribute value of another.
    public func contains(_ other: DistinguishedName) -> Bool {
        other.attributes.allSatisfy { key, values in values.isSubset(of: attributes[key] ?? []) }
    }

    private static func escape(_ value: String) -> String {
        let scalars = Array(value.unicodeScalars)
        var text = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            let isEdge = scalar == " " && (index == 0 || index == scalars.count - 1) || scalar == "#" && index == 0
            if isEdge || ",+\"\\<>;".unicodeScalars.contains(scalar) { text.append("\\") }
            text.append(scalar)
        }
        return String(text)
    }
}

extension DistinguishedName {
    /// Reads the name of a certificate. Throws `.invalid` for values that are no text.
    @unsafe init(_ name: OpaquePointer?, source: String) throws(Fault) {
        var pairs: [(String, String)] = []
        for index in 0..<(unsafe X509_NAME_entry_count(name)) {
            guard let entry = unsafe X509_NAME_get_entry(name, index),
                let object = unsafe X509_NAME_ENTRY_get_object(entry),
                let value = unsafe Self.text(of: X509_NAME_ENTRY_get_data(entry))
            else {
                throw openSSLFault(
                    .invalid, "\(source) holds a certificate with an unreadable name", fix: "issue another one")
            }
            let known: [Int32: String] = [
                NID_countryName: "C", NID_organizationName: "O", NID_organizationalUnitName: "OU",
                NID_localityName: "L",
                NID_stateOrProvinceName: "ST", NID_streetAddress: "STREET", NID_postalCode: "POSTALCODE",
                NID_serialNumber: "SERIALNUMBER", NID_commonName: "CN",
            ]
            if let attribute = known[unsafe OBJ_obj2nid(object)] {
                pairs.append((attribute, value))
            } else {
                pairs.append((unsafe Self.identifier(of: object), "#\(Self.der(value).hex)"))
            }
        }
        self.init(pairs)
    }

    /// The text of a value; nil when it is none, or one that would play tricks on a terminal.
    @unsafe private static func text(of value: UnsafeMutablePointer<ASN1_STRING>?) -> String? {
        var output: UnsafeMutablePointer<UInt8>?
        let length = unsafe ASN1_STRING_to_UTF8(&output, value)
        guard length >= 0, let output = unsafe output else { return nil }
        defer { unsafe CRYPTO_free(output, #file, #line) }
        let bytes = unsafe Array(UnsafeBufferPointer(start: output, count: Int(length)))
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    @unsafe private static func identifier(of object: OpaquePointer) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        unsafe OBJ_obj2txt(&buffer, Int32(buffer.count), object, 1)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A text in DER as Go's `asn1.Marshal` writes it: PrintableString where that suffices, else UTF8String.
    private static func der(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        let letters = 0x41...0x5A, small = 0x61...0x7A, digits = 0x30...0x39
        let isPrintable = bytes.allSatisfy { byte in
            letters.contains(Int(byte)) || small.contains(Int(byte)) || digits.contains(Int(byte))
                || " '()+,-./:=?".utf8.contains(byte)
        }
        var length: [UInt8] = [UInt8(truncatingIfNeeded: bytes.count)]
        if bytes.count > 127 {
            length = []
            var rest = bytes.count
            while rest > 0 {
                length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [isPrintable ? 0x13 : 0x0C] + length + bytes
    }
}
