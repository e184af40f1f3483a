// SPDX-License-Identifier: Apache-2.0

/// Which of two versions of a group is preferred: stable before beta before alpha, then the higher one; other names come
/// last, by their letters (Kubernetes documentation, “Version priority”).
enum APIVersionOrder {
    static func precedes(_ a: String, _ b: String) -> Bool {
        switch (Parsed(a), Parsed(b)) {
        case (let a?, let b?): (a.stability, a.major, a.minor) > (b.stability, b.major, b.minor)
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): a < b
        }
    }

    private struct Parsed {
        var stability = 2
        var major = 0
        var minor = 0

        init?(_ text: String) {
            guard text.first == "v" else { return nil }
            var rest = text.dropFirst()[...]
            guard let major = Self.number(&rest) else { return nil }
            self.major = major
            guard !rest.isEmpty else { return }
            for (name, rank) in [("alpha", 0), ("beta", 1)] where rest.hasPrefix(name) {
                rest = rest.dropFirst(name.count)
                guard let minor = Self.number(&rest), rest.isEmpty else { return nil }
                (stability, self.minor) = (rank, minor)
                return
            }
            return nil
        }

        private static func number(_ text: inout Substring) -> Int? {
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            guard let first = digits.first, first != "0", let number = Int(digits) else { return nil }
            text = text.dropFirst(digits.count)
            return number
        }
    }
}
