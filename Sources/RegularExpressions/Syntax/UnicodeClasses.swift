// SPDX-License-Identifier: Apache-2.0

/// The classes of `\p{…}`: general categories as the standard library knows them, and scripts.
enum UnicodeClasses {
    /// The class of a name, in any case and with or without underscores, blanks and hyphens, like Go's.
    static func set(_ name: String) -> ScalarSet? {
        let name = canonicalName(name)
        switch name {
        case "Any": return .all
        case "Ascii": return ScalarSet([.init(low: 0, high: 0x7F)])
        case "Assigned": return categories["Cn"]?.inverted
        // Codes of categories have at most two letters, as one script has; the others need no walk over categories.
        case _ where name.utf8.count <= 2: return categories[name] ?? ScriptTable.set(name)
        default: return aliases[name].flatMap { categories[$0] } ?? ScriptTable.set(name)
        }
    }

    /// One capital first, small letters behind it, nothing between words: `lowercase_letter` is `Lowercaseletter`.
    static func canonicalName(_ name: String) -> String {
        var result = ""
        for scalar in name.unicodeScalars where scalar != "_" && scalar != "-" && scalar != " " {
            let isLetter = scalar.isASCII && scalar.properties.isAlphabetic
            guard isLetter else {
                result.unicodeScalars.append(scalar)
                continue
            }
            let value = UInt8(scalar.value)
            result.unicodeScalars.append(Unicode.Scalar(result.isEmpty ? value & ~0x20 : value | 0x20))
        }
        return result
    }

    // One walk over all of Unicode, at the first `\p` of a process; about 40 ms.
    private static let categories: [String: ScalarSet] = {
        var ranges: [String: [ScalarSet.Interval]] = ["Cs": [.init(low: 0xD800, high: 0xDFFF)]]
        var start: UInt32 = 0
        var current = Unicode.GeneralCategory.control
        func close(_ end: UInt32) {
            // Surrogates interrupt the range they stand in, since they are no scalars.
            if start < 0xD800, end > 0xE000 {
                ranges[code(current), default: []].append(.init(low: start, high: 0xD7FF))
                start = 0xE000
            }
            if start < end { ranges[code(current), default: []].append(.init(low: start, high: end - 1)) }
        }
        for value in 0...ScalarSet.last {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let category = scalar.properties.generalCategory
            if category != current {
                close(value)
                (start, current) = (value, category)
            }
        }
        close(ScalarSet.last + 1)

        var sets = ranges.mapValues { ScalarSet($0) }
        for major in ["C", "L", "M", "N", "P", "S", "Z"] {
            // Go's `C` holds no unassigned code points.
            let members = sets.filter { $0.key.hasPrefix(major) && $0.key != "Cn" }
            sets[major] = ScalarSet(members.values.flatMap(\.ranges))
        }
        sets["Lc"] = ScalarSet(["Lu", "Ll", "Lt"].flatMap { sets[$0]?.ranges ?? [] })
        return sets
    }()

    private static func code(_ category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }

    private static let aliases: [String: String] = [
        "Casedletter": "Lc", "Closepunctuation": "Pe", "Cntrl": "Cc", "Combiningmark": "M",
        "Connectorpunctuation": "Pc", "Control": "Cc", "Currencysymbol": "Sc", "Dashpunctuation": "Pd",
        "Decimalnumber": "Nd", "Digit": "Nd", "Enclosingmark": "Me", "Finalpunctuation": "Pf", "Format": "Cf",
        "Initialpunctuation": "Pi", "Letter": "L", "Letternumber": "Nl", "Lineseparator": "Zl",
        "Lowercaseletter": "Ll", "Mark": "M", "Mathsymbol": "Sm", "Modifierletter": "Lm", "Modifiersymbol": "Sk",
        "Nonspacingmark": "Mn", "Number": "N", "Openpunctuation": "Ps", "Other": "C", "Otherletter": "Lo",
        "Othernumber": "No", "Otherpunctuation": "Po", "Othersymbol": "So", "Paragraphseparator": "Zp",
        "Privateuse": "Co", "Punct": "P", "Punctuation": "P", "Separator": "Z", "Spaceseparator": "Zs",
        "Spacingmark": "Mc", "Surrogate": "Cs", "Symbol": "S", "Titlecaseletter": "Lt", "Unassigned": "Cn",
        "Uppercaseletter": "Lu",
    ]
}
