// SPDX-License-Identifier: Apache-2.0

internal import ComponentModel

/// Makes ids of operations that say what they are about, no two alike.
struct OperationNames {
    private var taken: Set<String> = ["environment"]

    /// The id of a component version, `transformAcmeOrgDemo100`.
    mutating func name(of identity: ComponentVersionIdentity) -> String {
        unique("transform" + Self.words(identity.name.text) + Self.words(identity.version.text))
    }

    /// The id of an operation on an element, `<base>GetDocs100`.
    mutating func name(_ base: String, _ verb: String, _ element: ElementIdentity) -> String {
        let values = element.attributes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
        return unique(base + verb + values.map(Self.words).joined())
    }

    /// An id made of parts that are fit for one.
    mutating func unique(_ text: String) -> String {
        var name = text, number = 2
        while !taken.insert(name).inserted {
            name = "\(text)x\(number)"
            number += 1
        }
        return name
    }

    /// Letters and digits; whatever stands between them ends a word, which begins with a capital letter.
    private static func words(_ text: String) -> String {
        var words = "", isStart = true
        for byte in text.utf8 {
            let isLetter = (byte | 0x20) &- 0x61 < 26, isDigit = byte &- 0x30 < 10
            guard isLetter || isDigit else {
                isStart = true
                continue
            }
            let scalar = isStart && byte >= 0x61 && isLetter ? byte - 0x20 : byte
            words.unicodeScalars.append(Unicode.Scalar(scalar))
            isStart = false
        }
        return words
    }
}
